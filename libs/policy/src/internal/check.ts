import type { Template } from './template.js';

/** A rule's text as a tree. Frozen after parsing; `text` of a leaf is the author's text. */
export type Check =
  | { readonly op: 'always' }
  | { readonly op: 'never' }
  | { readonly op: 'and' | 'or'; readonly checks: readonly Check[] }
  | { readonly op: 'not'; readonly check: Check }
  | { readonly op: 'rule'; readonly name: string }
  | { readonly op: 'role'; readonly text: string; readonly match: Template }
  /** The left side is a Python literal, already in the form of Python's str(). */
  | { readonly op: 'literal'; readonly text: string; readonly value: string; readonly match: Template }
  /** The left side is a dotted path into the credentials. */
  | { readonly op: 'attribute'; readonly text: string; readonly path: readonly string[]; readonly match: Template }
  /** neutron's own check: an attribute of the target has a value, or matches a pattern from its start. */
  | {
      readonly op: 'field';
      readonly text: string;
      readonly field: string;
      readonly value: string;
      readonly pattern: RegExp | undefined;
    };

/** The check in oslo.policy's canonical spelling. */
export function formatCheck(check: Check): string {
  switch (check.op) {
    case 'always':
      return '@';
    case 'never':
      return '!';
    case 'and':
    case 'or':
      return `(${check.checks.map(formatCheck).join(` ${check.op} `)})`;
    case 'not':
      return `not ${formatCheck(check.check)}`;
    case 'rule':
      return `rule:${check.name}`;
    default:
      return check.text;
  }
}
