import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ExpectedError } from '#libs/contracts';
import { invalidFilter } from '../filters.js';
import type { PatternFilter } from '../list-definition.js';

/** Longer than any name. */
const MAX_LENGTH = 255;
const MAX_COUNT = 16;
/**
 * Limit for the size of a filter's patterns after their counted repetitions are expanded. Measured with hostile
 * patterns of this size on texts of 255 characters: 30 ms to compile, less than 200 ms for the first text, less than 10
 * ms for the next.
 */
const MAX_SIZE = 1000;

/** Refuses expensive patterns before they are processed. Error: InvalidFilter, which names the filter. */
export function boundPatterns(filter: string, patterns: readonly string[]): void {
  if (patterns.length > MAX_COUNT) throw invalidFilter(filter, String(patterns.length), `at most ${MAX_COUNT} values`);
  let size = 0;
  for (const pattern of patterns) {
    if (pattern.length > MAX_LENGTH) throw invalidFilter(filter, pattern, `at most ${MAX_LENGTH} characters`);
    size += writtenOut(pattern);
    if (size > MAX_SIZE) throw invalidFilter(filter, pattern, 'a regular expression with less repetition');
  }
}

/**
 * Compiles a user's pattern with RE2, whose time is proportional to the text for any pattern; back references and
 * look-around are refused. It matches anywhere in the text, ignoring case, and `.` also matches line ends, as in nova's
 * databases. Error: InvalidFilter, which names the filter.
 */
export async function compilePattern(filter: string, pattern: string): Promise<(text: string) => boolean> {
  // Imported on demand: its tables take time and memory that most workers never need.
  const { RE2JS, RE2JSException } = await import('re2js');
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
    return (text) => compiled.test(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw notOfRe2(filter, pattern);
  }
}

/**
 * An upper bound of a pattern's length after its counts are expanded: a count on a group or on another count multiplies
 * the whole, any other count adds its characters. Text that only looks like a count makes the bound larger, never
 * smaller.
 */
function writtenOut(pattern: string): number {
  let length = pattern.length;
  let times = 1;
  for (const [, before, least = '', most = ''] of pattern.matchAll(/(.|^)\{(\d+)(?:,(\d*))?(?=\})/gs)) {
    const count = Math.max(1, Number(least), Number(most));
    if (before === ')' || before === '}') times *= count;
    else length += count;
  }
  return length * times;
}

function notOfRe2(filter: string, pattern: string): ExpectedError {
  const expected = 'a regular expression in the syntax of RE2 (no back references, no look-around)';
  return invalidFilter(filter, pattern, expected);
}

/** `\.` and similar: escaped punctuation that stands for itself. */
const ESCAPED = /^[!-/:-@[-`{-~]$/;
/**
 * ASCII characters without a meaning in regular expressions; other letters are excluded, since their case folding
 * depends on the database's locale.
 */
const LITERAL = /^[\w \-!"#%&',/:;<=>@`~]$/;

/**
 * Converts a regular expression to a pattern for SQL's LIKE (escaped by `\`), or null if it uses more than text, dots,
 * anchors and a `.*` at either end. Most real patterns are that simple, and LIKE costs almost nothing.
 */
export function likePattern(pattern: string): string | null {
  let rest = pattern;
  let isOpenBefore = true;
  let isOpenAfter = true;
  if (rest.startsWith('^')) {
    isOpenBefore = false;
    rest = rest.slice(1);
  }
  // An escaped dollar is a literal dollar.
  const trailing = /(\\*)\$$/.exec(rest)?.[1]?.length;
  if (trailing !== undefined && trailing % 2 === 0) {
    isOpenAfter = false;
    rest = rest.slice(0, -1);
  }
  if (rest.startsWith('.*')) {
    isOpenBefore = true;
    rest = rest.slice(2);
  }
  if (/(^|[^\\])\.\*$/.test(rest)) {
    isOpenAfter = true;
    rest = rest.slice(0, -2);
  }
  const text = likeText(rest);
  return text === null ? null : `${isOpenBefore ? '%' : ''}${text}${isOpenAfter ? '%' : ''}`;
}

function likeText(pattern: string): string | null {
  let text = '';
  for (let at = 0; at < pattern.length; at += 1) {
    let character = pattern.charAt(at);
    if (character === '.') {
      text += '_';
      continue;
    }
    if (character === '\\') {
      at += 1;
      character = pattern.charAt(at);
      if (!ESCAPED.test(character)) return null;
    } else if (!LITERAL.test(character)) return null;
    text += ['%', '_', '\\'].includes(character) ? `\\${character}` : character;
  }
  return text;
}

/** The test that remains for each row after the database's part. */
export interface RowTest {
  readonly texts: RawBuilder<unknown>;
  /** Returns a function that tells whether the texts of a row match. Error: InvalidFilter. */
  compile(): Promise<(texts: readonly string[]) => boolean>;
}

/** For a column such as `name` of table `i`. */
export function columnPattern(column: string): PatternFilter {
  return expressionPattern(sql.ref(column));
}

/** As columnPattern, for an expression that is text or NULL; NULL never matches. */
export function expressionPattern(text: RawBuilder<unknown>): PatternFilter {
  return {
    texts: sql`array_remove(array[${text}]::text[], null)`,
    like: (pattern) => sql<boolean>`coalesce(${text} ilike ${pattern}, false)`,
  };
}

/**
 * Parses the patterns of a filter, any of which may match. A user's regular expression is never passed to the database:
 * its engine takes exponential time for some, and in the embedded database no statement_timeout interrupts it. Error:
 * InvalidFilter.
 */
export function readPatterns(
  name: string,
  filter: PatternFilter,
  patterns: readonly string[],
): RawBuilder<boolean> | RowTest {
  boundPatterns(name, patterns);
  const plain = patterns.map(likePattern).filter((pattern) => pattern !== null);
  if (plain.length === patterns.length) {
    const conditions = plain.map((pattern) => filter.like(pattern));
    return sql<boolean>`(${sql.join(conditions, sql` or `)})`;
  }
  const compile = async (): Promise<(texts: readonly string[]) => boolean> => {
    const tests: ((text: string) => boolean)[] = [];
    for (const pattern of patterns) tests.push(await compilePattern(name, pattern));
    return (texts) => texts.some((text) => tests.some((test) => test(text)));
  };
  return { texts: filter.texts, compile };
}
