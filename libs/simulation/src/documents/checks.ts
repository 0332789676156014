import { nearestName } from '#libs/config';
import type { Path, YamlSource } from './yaml-source.js';

/** A longer list in a message would hide the rest of it. */
const MAX_LISTED = 20;

/** Checks one part of a document; records its faults. */
export type Check = (source: YamlSource, path: Path, value: unknown) => void;

export type Mapping = Readonly<Record<string, unknown>>;

export interface FieldCheck {
  readonly check: Check;
  readonly required?: boolean;
}

/** Fields by name; a plain check is an optional field. */
export type FieldChecks = Readonly<Record<string, Check | FieldCheck>>;

const expected = (words: string, fits: (value: unknown) => boolean): Check => {
  return (source, path, value) => {
    if (!fits(value)) source.fault(path, `expected ${words}, found ${shown(value)}`);
  };
};

export const text = expected('a text', (value) => typeof value === 'string' && value !== '');
export const flag = expected('true or false', (value) => typeof value === 'boolean');
export const seconds = expected(
  'seconds, 0 to 86400',
  (value) => typeof value === 'number' && value >= 0 && value <= 86_400,
);

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return expected(
    `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  );
}

export function numeric(least: number, most: number): Check {
  return expected(`a number from ${least} to ${most}`, (value) => {
    return typeof value === 'number' && value >= least && value <= most;
  });
}

export function oneOf(words: readonly string[]): Check {
  return (source, path, value) => {
    if (typeof value === 'string' && words.includes(value)) return;
    source.fault(path, `expected ${among(words, value)}, found ${shown(value)}`);
  };
}

export function matching(pattern: RegExp, words: string): Check {
  return expected(words, (value) => typeof value === 'string' && pattern.test(value));
}

export function listOf(check: Check): Check {
  return (source, path, value) => {
    if (!Array.isArray(value)) return source.fault(path, `expected a list, found ${shown(value)}`);
    for (const [at, item] of value.entries()) check(source, [...path, at], item);
  };
}

/** A mapping with any keys. */
export function mapOf(check: Check): Check {
  return (source, path, value) => {
    if (!isMapping(value)) return source.fault(path, `expected a mapping, found ${shown(value)}`);
    for (const [key, item] of Object.entries(value)) check(source, [...path, key], item);
  };
}

/** A mapping with these fields and no others. */
export function mapping(fields: FieldChecks, also: Check = () => undefined): Check {
  return (source, path, value) => {
    if (!isMapping(value)) return source.fault(path, `expected a mapping, found ${shown(value)}`);
    for (const [name, item] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field === undefined) {
        source.fault([...path, name], `unknown, expected one of ${Object.keys(fields).join(', ')}`, 'key');
      } else (typeof field === 'function' ? field : field.check)(source, [...path, name], item);
    }
    for (const [name, field] of Object.entries(fields)) {
      if (typeof field === 'function' || field.required !== true || Object.hasOwn(value, name)) continue;
      source.fault(path, `"${name}" is required`);
    }
    also(source, path, value);
  };
}

export function required(check: Check): FieldCheck {
  return { check, required: true };
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All the words, or of many the nearest one. */
function among(words: readonly string[], value: unknown): string {
  if (words.length <= MAX_LISTED) return `one of ${words.join(', ')}`;
  const nearest = typeof value === 'string' ? nearestName(value, words) : undefined;
  return `one of ${words.length} names, ${nearest === undefined ? `as ${words.slice(0, 3).join(', ')}` : `perhaps ${nearest}`}`;
}

function shown(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing';
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
}
