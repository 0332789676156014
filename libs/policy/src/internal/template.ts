import { PolicySyntaxError } from '../policy.errors.js';
import type { PolicyTarget } from '../target.js';
import { pythonText } from './matching.js';

/** The right side of a check: fills in `%(key)s` from the target. `undefined` when the target lacks a key. */
export type Template = (target: PolicyTarget) => string | undefined;

const PIECE = /%%|%\(([^()]*)\)s/g;

/** Compiles the part of Python's mapping format that rules use: `%(key)s` and `%%`. */
export function compileTemplate(text: string): Template {
  if (!text.includes('%')) return () => text;
  const literals: string[] = [];
  const keys: string[] = [];
  let literal = '';
  let end = 0;
  const takeLiteral = (to: number): void => {
    const piece = text.slice(end, to);
    if (piece.includes('%')) {
      throw new PolicySyntaxError(`"${text}" has a "%" that is neither "%(name)s" nor "%%"`);
    }
    literal += piece;
  };
  for (const match of text.matchAll(PIECE)) {
    takeLiteral(match.index);
    end = match.index + match[0].length;
    const key = match[1];
    if (key === undefined) {
      literal += '%';
    } else {
      literals.push(literal);
      keys.push(key);
      literal = '';
    }
  }
  takeLiteral(text.length);
  return join(literals, keys, literal);
}

function join(literals: readonly string[], keys: readonly string[], tail: string): Template {
  const [only] = keys;
  if (only === undefined) return () => tail;
  if (keys.length === 1 && literals[0] === '' && tail === '') return (target) => valueOf(target, only);
  return (target) => {
    let text = '';
    for (const [index, key] of keys.entries()) {
      const value = valueOf(target, key);
      if (value === undefined) return undefined;
      text += (literals[index] ?? '') + value;
    }
    return text + tail;
  };
}

function valueOf(target: PolicyTarget, key: string): string | undefined {
  if (!Object.hasOwn(target, key)) return undefined;
  const value = target[key];
  return value === undefined ? undefined : pythonText(value);
}
