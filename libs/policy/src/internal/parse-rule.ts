import { PolicySyntaxError } from '../policy.errors.js';
import type { Check } from './check.js';
import { pythonText } from './matching.js';
import { compileTemplate } from './template.js';

type Token = { readonly kind: '(' | ')' | 'and' | 'or' | 'not' } | { readonly kind: 'check'; readonly check: Check };

/**
 * Parses a rule from a policy file or a registered default: oslo.policy's language, or the older list of lists (OR of
 * ANDs). Empty text, an empty list and null allow every caller.
 * @throws PolicySyntaxError
 */
export function parseRule(rule: unknown): Check {
  if (rule === null || rule === '') return { op: 'always' };
  if (typeof rule === 'string') return new TextParser(rule).parse();
  if (Array.isArray(rule)) return parseList(rule);
  throw new PolicySyntaxError(`expected text or a list, found ${typeof rule}: put the rule in quotes`);
}

function parseList(rule: readonly unknown[]): Check {
  if (rule.length === 0) return { op: 'always' };
  const alternatives: Check[] = [];
  for (const item of rule) {
    const inner: readonly unknown[] = Array.isArray(item) ? item : [item];
    if (inner.length === 0 || item === '') continue;
    const checks = inner.map((text) => {
      if (typeof text === 'string') return parseLeaf(text);
      throw new PolicySyntaxError(`a list of checks holds a ${typeof text}: expected text`);
    });
    alternatives.push(combine('and', checks));
  }
  // A list that contains only empty lists denies, though the empty list allows: oslo.policy makes the same distinction.
  return alternatives.length === 0 ? { op: 'never' } : combine('or', alternatives);
}

function combine(op: 'and' | 'or', checks: readonly Check[]): Check {
  const [only] = checks;
  return only !== undefined && checks.length === 1 ? only : { op, checks };
}

/**
 * Words are split at white space; brackets count only at the ends of a word, since `%(key)s` contains some.
 * @throws PolicySyntaxError
 */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const word of text.split(/\s+/)) {
    const opened = word.replace(/^\(+/, '');
    for (let count = word.length - opened.length; count > 0; count -= 1) tokens.push({ kind: '(' });
    const body = opened.replace(/\)+$/, '');
    const lower = body.toLowerCase();
    if (lower === 'and' || lower === 'or' || lower === 'not') tokens.push({ kind: lower });
    else if (/^(?:".*"|'.*')$/.test(opened)) throw new PolicySyntaxError(`${opened} is text alone: expected a check`);
    else if (body !== '') tokens.push({ kind: 'check', check: parseLeaf(body) });
    for (let count = opened.length - body.length; count > 0; count -= 1) tokens.push({ kind: ')' });
  }
  return tokens;
}

class TextParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(private readonly text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): Check {
    const check = this.#or();
    if (this.#at < this.#tokens.length) this.#fail('expected "and", "or" or the end');
    return check;
  }

  #or(): Check {
    const checks = [this.#and()];
    while (this.#take('or')) checks.push(this.#and());
    return combine('or', checks);
  }

  #and(): Check {
    const checks = [this.#unary()];
    while (this.#take('and')) checks.push(this.#unary());
    return combine('and', checks);
  }

  #unary(): Check {
    // Limits the recursion: a file must not be able to overflow the stack.
    this.#depth += 1;
    if (this.#depth > 200) throw new PolicySyntaxError('the rule is nested more than 200 deep');
    try {
      if (this.#take('not')) return { op: 'not', check: this.#unary() };
      if (this.#take('(')) {
        const check = this.#or();
        if (!this.#take(')')) this.#fail('expected ")"');
        return check;
      }
    } finally {
      this.#depth -= 1;
    }
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'check') return this.#fail('expected a check');
    this.#at += 1;
    return token.check;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }

  #fail(expected: string): never {
    const token = this.#tokens[this.#at];
    const found = token === undefined ? 'the end' : token.kind === 'check' ? 'a check' : `"${token.kind}"`;
    throw new PolicySyntaxError(`cannot read "${this.text}": ${expected}, found ${found} at word ${this.#at + 1}`);
  }
}

/** Parses one check without spaces, such as `role:admin`, `@` or `'literal':%(key)s`. */
function parseLeaf(text: string): Check {
  if (text === '@') return { op: 'always' };
  if (text === '!') return { op: 'never' };
  const colon = text.indexOf(':');
  if (colon < 0) {
    throw new PolicySyntaxError(`"${text}" is no check: expected KIND:MATCH, such as role:${text} or rule:${text}`);
  }
  const kind = text.slice(0, colon);
  const match = text.slice(colon + 1);
  switch (kind) {
    case '':
      throw new PolicySyntaxError(`"${text}" has nothing before the colon`);
    case 'rule':
      return { op: 'rule', name: match };
    case 'role':
      return { op: 'role', text, match: compileTemplate(match) };
    case 'http':
    case 'https':
      throw new PolicySyntaxError(`"${text}": checks that ask a remote server (${kind}:) are not supported`);
    case 'field':
      return parseField(text, match);
    default:
      return parseGeneric(text, kind, match);
  }
}

/**
 * neutron.policy.FieldCheck: `field:RESOURCE:FIELD=VALUE` or `=~PATTERN`; there the resource is only used for types.
 */
function parseField(text: string, match: string): Check {
  const parts = /^[^:]*:([^=]+)=(.*)$/.exec(match);
  const field = parts?.[1];
  const value = parts?.[2];
  if (field === undefined || value === undefined) {
    throw new PolicySyntaxError(`"${text}" is no field check: expected field:RESOURCE:FIELD=VALUE`);
  }
  if (!value.startsWith('~')) return { op: 'field', text, field, value, pattern: undefined };
  try {
    return { op: 'field', text, field, value, pattern: new RegExp(`^(?:${value.slice(1)})`) };
  } catch (cause) {
    throw new PolicySyntaxError(`"${text}" has a pattern that cannot be compiled`, { cause });
  }
}

function parseGeneric(text: string, kind: string, match: string): Check {
  const value = literalText(kind);
  if (value === undefined) {
    return { op: 'attribute', text, path: kind.split('.'), match: compileTemplate(match) };
  }
  return { op: 'literal', text, value, match: compileTemplate(match) };
}

/** The left side as Python's ast.literal_eval and str() would return it; `undefined` for a name. */
function literalText(kind: string): string | undefined {
  if (kind === 'True' || kind === 'False' || kind === 'None') return kind;
  const quoted = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(kind);
  if (quoted) return quoted[1] ?? quoted[2] ?? '';
  if (/^-?(?:0|[1-9]\d*)$/.test(kind)) return pythonText(BigInt(kind));
  if (/^-?\d+\.\d+$/.test(kind)) {
    const number = Number(kind);
    return Number.isInteger(number) ? `${number}.0` : String(number);
  }
  if (/^[\d'"[({+-]/.test(kind)) {
    throw new PolicySyntaxError(`"${kind}" is no literal that a check can have: expected text in quotes or a number`);
  }
  return undefined;
}
