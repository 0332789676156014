import { randomBytes } from 'node:crypto';
import { exceedsDepth } from './json.js';

/** Deeper values are neither written nor read: other parsers have limits, too. */
export const depthLimit = 100;

/**
 * Prefix of a string that stands for a number that JSON.parse and JSON.stringify would change; it cannot be guessed.
 */
const mark = `${randomBytes(12).toString('hex')}:`;
const marked = new RegExp(`"${mark}([^"]*)"`, 'g');

/** The value, or one within it, is nested deeper than `depthLimit`. */
export class TooDeepError extends Error {
  constructor() {
    super(`nested deeper than ${depthLimit} levels`);
    this.name = 'TooDeepError';
  }
}

/**
 * JSON as Python writes and reads it, without loss: `NaN`, `Infinity` and `-Infinity` are numbers, integers beyond 2^53
 * are bigints. Throws SyntaxError, and TooDeepError.
 */
export function parseExactly(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!text.includes('NaN') && !text.includes('Infinity')) throw error;
    return parseMarked(text);
  }
  // A number too large for a safe integer may have been read as another number.
  return hasNumberBeyond(value, Number.MAX_SAFE_INTEGER, 0) ? parseMarked(text) : value;
}

/**
 * The inverse of `parseExactly`. Throws TypeError for a value that has no form in JSON, and TooDeepError.
 *
 * @param depth the depth at which the value will be nested in another one
 */
export function stringifyExactly(value: unknown, depth = 0): string {
  if (!mayChange(value, depth)) {
    try {
      return JSON.stringify(value) ?? 'null';
    } catch (error) {
      if (!String(error).includes('BigInt')) throw error;
    }
  }
  const text = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return `${mark}${each}`;
    return typeof each === 'number' && !Number.isFinite(each) ? `${mark}${each}` : each;
  });
  return text.replace(marked, '$1');
}

/** True when JSON.stringify would write null for a number in the value. */
function mayChange(value: unknown, depth: number): boolean {
  try {
    return hasNumberBeyond(value, Number.MAX_VALUE, depth);
  } catch (error) {
    // A value that contains itself has no finite depth: JSON.stringify throws its own error for it.
    JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? null : each));
    throw error;
  }
}

/**
 * Whether a value contains a number that is not between `-most` and `most`; NaN is not. A loop, since it runs for each
 * message.
 */
function hasNumberBeyond(value: unknown, most: number, depth: number): boolean {
  if (typeof value === 'number') return !(value <= most && value >= -most);
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= depthLimit) throw new TooDeepError();
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      if (hasNumberBeyond(value[index], most, depth + 1)) return true;
    }
    return false;
  }
  for (const key in value) {
    if (hasNumberBeyond((value as Record<string, unknown>)[key], most, depth + 1)) return true;
  }
  return false;
}

/** Python's own limit (`sys.int_info.default_max_str_digits`): reading longer numbers takes extremely long. */
const digitLimit = 4300;

const token = /-?(?:Infinity|NaN|\d[\d.eE+-]*)/y;

/** Reads a text whose numbers need more than JSON.parse: they are put into marked strings, and taken out again. */
function parseMarked(text: string): unknown {
  // JSON.parse needs no stack for nested values, but its reviver does.
  if (exceedsDepth(text, depthLimit)) throw new TooDeepError();
  let result = '';
  let copied = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char === 34) {
      index = endOfString(text, index);
      continue;
    }
    // -, 0 to 9, I, N
    if (char !== 45 && char !== 73 && char !== 78 && !(char >= 48 && char <= 57)) continue;
    token.lastIndex = index;
    const number = token.exec(text)?.[0];
    if (number === undefined) continue;
    if (isInexact(number)) {
      result += `${text.slice(copied, index)}"${mark}${number}"`;
      copied = index + number.length;
    }
    index += number.length - 1;
  }
  return JSON.parse(result + text.slice(copied), (key, value: unknown) => {
    if (key.startsWith(mark)) throw new SyntaxError(`${key.slice(mark.length)} in the place of a name`);
    if (typeof value !== 'string' || !value.startsWith(mark)) return value;
    const number = value.slice(mark.length);
    if (!/^-?\d+$/.test(number)) return Number(number);
    if (number.length > digitLimit) throw new SyntaxError(`an integer of ${number.length} digits`);
    return BigInt(number);
  });
}

/** Index of the quote that ends the string which begins at `index`; the end of the text if there is none. */
function endOfString(text: string, index: number): number {
  let end = index + 1;
  while (end < text.length && text.charCodeAt(end) !== 34) end += text.charCodeAt(end) === 92 ? 2 : 1;
  return end;
}

function isInexact(number: string): boolean {
  if (/^-?(?:NaN|Infinity)$/.test(number)) return number !== '-NaN';
  // Only integers in JSON's form: JSON.parse reads the others, and refuses invalid ones.
  return /^-?(?:0|[1-9]\d*)$/.test(number) && !Number.isSafeInteger(Number(number));
}
