import { PolicySyntaxError } from '../policy.errors.js';
import type { Check } from './check.js';
import { pythonText } from './python-text.js';
import { compileTemplate } from './template.js';

/** Parses one check without spaces, such as `role:admin`, `@` or `'literal':%(key)s`. */
export function parseLeaf(text: string): Check {
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

/** neutron.policy.FieldCheck: `field:RESOURCE:FIELD=VALUE` or `=~PATTERN`; the resource only tells types there. */
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

/** The left side as Python's ast.literal_eval and str() would give it; `undefined` for a name. */
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
