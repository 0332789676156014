import type { ExpectedError } from '#libs/contracts';
import { invalidFilter } from '../filters.js';

/** Longer than any name. */
const MAX_LENGTH = 255;
const MAX_COUNT = 16;
/**
 * Bound on what the patterns of a filter become when their counted repetitions are written out. Measured with hostile
 * patterns of this size on texts of 255 characters: 30 ms to compile, less than 200 ms for the first text, less than
 * 10 ms for the next.
 */
const MAX_SIZE = 1000;

/** Refuses what would cost too much, before anything is done with it. Error: InvalidFilter, which names the filter. */
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
 * Compiles a user's pattern with RE2, which takes time in proportion to the text, whatever the pattern: back references
 * and look-around are refused. It matches anywhere, in any case, and `.` takes line ends too, as in the databases under
 * nova. Error: InvalidFilter, which names the filter.
 */
export async function compilePattern(filter: string, pattern: string): Promise<(text: string) => boolean> {
  // Its tables take time and memory that most workers never need.
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
 * An upper bound of a pattern's length without counts: a count on a group or on another count multiplies everything, any
 * other adds its characters. What looks like a count and is none makes it larger, never smaller.
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
