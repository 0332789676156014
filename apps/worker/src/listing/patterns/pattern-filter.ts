import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { PatternFilter } from '../list-definition.js';
import { boundPatterns, compilePattern } from './compile-pattern.js';
import { likePattern } from './like-pattern.js';

/** What is left to do for the rows when the database has done its part. */
export interface RowTest {
  readonly texts: RawBuilder<unknown>;
  /** Answers whether the texts of a row match. Error: InvalidFilter. */
  compile(): Promise<(texts: readonly string[]) => boolean>;
}

/** `name` of table `i`, say. */
export function columnPattern(column: string): PatternFilter {
  return expressionPattern(sql.ref(column));
}

/** As columnPattern, for an expression that is a text or NULL, which matches nothing. */
export function expressionPattern(text: RawBuilder<unknown>): PatternFilter {
  return {
    texts: sql`array_remove(array[${text}]::text[], null)`,
    like: (pattern) => sql<boolean>`coalesce(${text} ilike ${pattern}, false)`,
  };
}

/**
 * Reads the patterns of a filter, any of which may match. A user's regular expression is never given to the database: its
 * engine takes exponential time for some, which no statement_timeout interrupts in the embedded one.
 * Error: InvalidFilter.
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
