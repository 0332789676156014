import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Filter } from '../listing/list-definition.js';

/** keystone's comparators after `<attribute>__`; with an `i` before it the case does not matter. */
const COMPARATORS = { contains: ['%', '%'], startswith: ['', '%'], endswith: ['%', ''] } as const;

/**
 * A text attribute: equal to one of the values (an empty value is "not set"), and under `<name>__contains`,
 * `__startswith`, `__endswith` and `__icontains`, … those that have the value as a part.
 *
 * @param isCaseless whether the attribute is compared without case, as domain names are
 */
export function textFilters(name: string, expression: RawBuilder<unknown>, isCaseless = false): Record<string, Filter> {
  const text = sql`coalesce(${expression}, '')`;
  const exact: Filter = (values) =>
    isCaseless
      ? sql<boolean>`lower(${text}) = any(select lower(value) from unnest(${[...values]}::text[]) value)`
      : sql<boolean>`${text} = any(${[...values]}::text[])`;
  const inexact = Object.entries(COMPARATORS).flatMap(([comparator, [before, after]]) => {
    const patterns = (values: readonly string[]): string[] => values.map((value) => before + escaped(value) + after);
    const like: Filter = (values) => sql<boolean>`${text} like any(${patterns(values)}::text[])`;
    const ilike: Filter = (values) => sql<boolean>`${text} ilike any(${patterns(values)}::text[])`;
    return [
      [`${name}__${comparator}`, isCaseless ? ilike : like],
      [`${name}__i${comparator}`, ilike],
    ] as const;
  });
  return { [name]: exact, ...Object.fromEntries(inexact) };
}

/** LIKE's own characters stand for themselves. */
function escaped(value: string): string {
  return value.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}

/** The four filters on a list of tags, each of which names tags separated by commas (API-WG's guideline on tags). */
export function tagFilters(column: RawBuilder<unknown>): Record<string, Filter> {
  const all = (values: readonly string[]): RawBuilder<boolean> =>
    sql<boolean>`${column} @> ${JSON.stringify(namesOf(values))}::jsonb`;
  const some = (values: readonly string[]): RawBuilder<boolean> =>
    sql<boolean>`exists (select 1 from jsonb_array_elements_text(${column}) tag where tag = any(${namesOf(values)}::text[]))`;
  return {
    tags: all,
    'tags-any': some,
    'not-tags': (values) => sql<boolean>`not (${all(values)})`,
    'not-tags-any': (values) => sql<boolean>`not (${some(values)})`,
  };
}

function namesOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(','));
}
