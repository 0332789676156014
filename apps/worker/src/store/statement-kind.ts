/** The effect of a statement, for the handling of a lost connection. */
export type StatementKind = 'begin' | 'commit' | 'rollback' | 'read' | 'change';

const FIRST_WORD = /^\s*(\w+)/;
const CHANGING_WORD = /\b(insert|update|delete|merge|truncate)\b/i;

/** Decided by the first word; a `with` is a read if no part of it changes data. */
export function kindOf(text: string): StatementKind {
  switch (FIRST_WORD.exec(text)?.[1]?.toLowerCase()) {
    case 'select':
    case 'values':
    case 'show':
      return 'read';
    case 'with':
      return CHANGING_WORD.test(text) ? 'change' : 'read';
    case 'begin':
    case 'start':
      return 'begin';
    case 'commit':
      return 'commit';
    case 'rollback':
      return /^\s*rollback\s*$/i.test(text) ? 'rollback' : 'change';
    default:
      return 'change';
  }
}
