import type { Setting } from './setting.js';
import { normalizeGroup } from './setting.js';

/** Removes one pair of equal quotes around a text, if there is one. */
function unquote(text: string): string {
  const first = text[0];
  return text.length > 0 && (first === '"' || first === "'") && text.endsWith(first) ? text.slice(1, -1) : text;
}

interface SyntaxFault {
  readonly line: number;
  readonly message: string;
}

interface IniContent {
  readonly settings: readonly Setting[];
  readonly faults: readonly SyntaxFault[];
}

interface OpenAssignment {
  readonly group: string;
  readonly name: string;
  readonly line: number;
  readonly texts: string[];
}

interface ParserState {
  group: string | undefined;
  open: OpenAssignment | undefined;
}

/**
 * Reads the text of a configuration file in oslo.config's dialect (`oslo_config.iniparser`): comments only in column 0,
 * an indented line continues the value, a blank line ends it. Unlike oslo.config it continues after a fault, so that
 * all faults of a file are reported at once.
 */
export function parseIni(text: string, path: string): IniContent {
  const settings: Setting[] = [];
  const faults: SyntaxFault[] = [];
  const state: ParserState = { group: undefined, open: undefined };
  const close = (): void => {
    const { open } = state;
    if (open !== undefined) {
      const location = { kind: 'file', path, line: open.line } as const;
      settings.push({ group: open.group, name: open.name, text: open.texts.join('\n'), location });
    }
    state.open = undefined;
  };

  // Some editors write a byte order mark; it would hide the first section.
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (const [index, raw] of lines.entries()) {
    const message = readLine(raw.trimEnd(), index + 1, state, close);
    if (message !== undefined) faults.push({ line: index + 1, message });
  }
  close();
  return { settings, faults };
}

/** Returns the fault of the line, if there is one. */
function readLine(line: string, number: number, state: ParserState, close: () => void): string | undefined {
  if (line === '') {
    close();
    return undefined;
  }
  if (line.startsWith(' ') || line.startsWith('\t')) {
    if (state.open === undefined) return 'the indented line continues no value';
    state.open.texts.push(line.trimStart());
    return undefined;
  }
  close();
  if (line.startsWith('#') || line.startsWith(';')) return undefined;
  if (line.startsWith('[')) {
    if (!line.endsWith(']')) return `the section ${quote(line)} does not end with "]"`;
    if (line.length <= 2) return 'the section has no name';
    state.group = normalizeGroup(line.slice(1, -1));
    return undefined;
  }
  return openAssignment(line, number, state);
}

function openAssignment(line: string, number: number, state: ParserState): string | undefined {
  const at = line.search(/[=:]/);
  // The line itself is not shown: it may be a password that lost its key.
  if (at < 0) return 'there is no "=" or ":" in the line; expected "name = value"';
  const name = line.slice(0, at).trim().replaceAll('-', '_');
  if (name === '') return 'there is no option name before the "=" or ":"';
  if (state.group === undefined) return `a section, as [DEFAULT], must come before the first option (${quote(name)})`;
  state.open = { group: state.group, name, line: number, texts: [unquote(line.slice(at + 1).trim())] };
  return undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
