import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs } from '#libs/contracts';
import type { Queries } from '../store/index.js';
import type { ListDefinition } from './list-definition.js';
import { matchRows } from './patterns/match-rows.js';
import { readRows } from './read-rows.js';
import { readPatterns } from './patterns/pattern-filter.js';
import type { RowTest } from './patterns/pattern-filter.js';

/**
 * A page of rows; `nextMarker` names the row after which the next page begins (or, reversed, before which the previous
 * page ends).
 */
export interface RowPage<Row> {
  readonly rows: readonly Row[];
  readonly nextMarker: string | null;
}

interface SortTerm {
  readonly expression: RawBuilder<unknown>;
  readonly descending: boolean;
}

/** The number of candidates read first for patterns: small, since they may fill the page. */
const FIRST_CANDIDATES = 1_000;
const MORE_CANDIDATES = 10_000;

/**
 * Lists the objects of a kind that the caller may see, by keyset: every page costs the same, and rows inserted or
 * deleted between two pages do not make other rows appear twice or disappear. `owner`, the caller's project, waits only
 * for its own lists by pattern. Errors: InvalidFilter, InvalidSortKey, MarkerNotFound (also for a marker that the
 * caller may not see), ServiceBusy.
 */
export async function listRows<Row extends { readonly id: string }>(
  db: Queries,
  definition: ListDefinition,
  visible: RawBuilder<boolean>,
  args: ListArgs,
  owner = '',
): Promise<RowPage<Row>> {
  const { conditions, tests } = readFilters(definition, args.filters ?? {});
  conditions.unshift(visible);
  const terms = sortTerms(definition, args);
  const { from, id } = definition;
  const marker = args.marker ?? null;
  if (marker !== null) {
    const found = await sql`select 1 from ${from} where ${id} = ${marker} and ${visible}`.execute(db);
    if (found.rows.length === 0) {
      throw new ExpectedError('MarkerNotFound', definition.noMarker?.(marker) ?? `marker [${marker}] not found`);
    }
    conditions.push(afterMarker(definition, terms, marker));
  }
  const limit = args.limit ?? null;
  const order = sql.join(
    terms.map((term) => (term.descending ? sql`${term.expression} desc` : sql`${term.expression} asc`)),
  );
  // One row more than requested shows whether there is another page.
  const wanted = limit === null ? null : limit + 1;
  if (tests.length > 0) {
    const texts = sql.join(tests.map((test, index) => sql`${test.texts} as ${sql.ref(`texts_${index}`)}`));
    const matching = await matchRows(tests, wanted ?? Infinity, owner, async (after) => {
      const where = after === null ? conditions : [...conditions, afterMarker(definition, terms, after)];
      const most = after === null ? FIRST_CANDIDATES : MORE_CANDIDATES;
      const page = await sql<{ id: string } & Readonly<Record<string, readonly string[]>>>`
        select ${id} as id, ${texts} from ${from} where ${sql.join(where, sql` and `)}
        order by ${order} limit ${most}`.execute(db);
      return page.rows.map((row) => ({ id: row.id, texts: tests.map((_test, index) => row[`texts_${index}`] ?? []) }));
    });
    conditions.push(sql<boolean>`${id} = any(${matching}::text[])`);
  }
  const limitClause = wanted === null ? sql`` : sql`limit ${wanted}`;
  const where = sql.join(conditions, sql` and `);
  const found = await readRows<Row>(db, definition, sql`where ${where} order by ${order} ${limitClause}`);
  const rows = limit === null ? found : found.slice(0, limit);
  const hasMore = found.length > rows.length;
  const nextMarker = hasMore ? (rows.at(-1)?.id ?? null) : null;
  return { rows: args.page_reverse === true ? rows.toReversed() : rows, nextMarker };
}

/** Splits the filters into the database's part and the tests that remain for each row. */
function readFilters(
  definition: ListDefinition,
  filters: Readonly<Record<string, readonly string[]>>,
): { readonly conditions: RawBuilder<boolean>[]; readonly tests: readonly RowTest[] } {
  const conditions: RawBuilder<boolean>[] = [];
  const tests: RowTest[] = [];
  const { patterns = {} } = definition;
  for (const [name, values] of Object.entries(filters)) {
    const filter = Object.hasOwn(definition.filters, name) ? definition.filters[name] : undefined;
    const pattern = Object.hasOwn(patterns, name) ? patterns[name] : undefined;
    const isUsable = Array.isArray(values) && values.every((value) => typeof value === 'string');
    if (isUsable && filter !== undefined) conditions.push(filter(values));
    else if (isUsable && pattern !== undefined) {
      const read = readPatterns(name, pattern, values);
      if ('texts' in read) tests.push(read);
      else conditions.push(read);
    } else {
      throw new ExpectedError('InvalidFilter', `"${name.slice(0, 64)}" is not a filter of this list.`, {
        filter: name,
      });
    }
  }
  return { conditions, tests };
}

function sortTerms(definition: ListDefinition, args: ListArgs): SortTerm[] {
  const keys = args.sort_keys ?? [];
  const wanted =
    keys.length > 0
      ? keys.map((key, index) => ({ key, dir: args.sort_dirs?.[index] ?? 'asc' }))
      : definition.defaultSort;
  const reversed = args.page_reverse === true;
  const terms = wanted.map(({ key, dir }) => {
    const expression = Object.hasOwn(definition.sortKeys, key) ? definition.sortKeys[key] : undefined;
    if (expression === undefined) {
      throw new ExpectedError('InvalidSortKey', `"${key.slice(0, 64)}" is not a sort key of this list.`, { key });
    }
    return { expression, descending: (dir === 'desc') !== reversed };
  });
  if (terms.at(-1)?.expression === definition.id) return terms;
  const lastDescending = terms.at(-1)?.descending ?? reversed;
  return [...terms, { expression: definition.id, descending: lastDescending }];
}

/**
 * `(a, b, id)` after the marker's values, each key in its own direction; the marker's values stay inside the database.
 * With one direction for all keys it is a comparison of rows, for which an index gives the place of the marker.
 */
function afterMarker(definition: ListDefinition, terms: readonly SortTerm[], marker: string): RawBuilder<boolean> {
  const valueOf = ({ expression }: SortTerm): RawBuilder<unknown> =>
    sql`(select ${expression} from ${definition.from} where ${definition.id} = ${marker})`;
  const [first] = terms;
  if (terms.every(({ descending }) => descending === first?.descending)) {
    const operator = first?.descending === true ? sql`<` : sql`>`;
    return sql<boolean>`(${sql.join(terms.map(({ expression }) => expression))}) ${operator} (${sql.join(terms.map(valueOf))})`;
  }
  const steps = terms.map((term, index) => {
    const equal = terms.slice(0, index).map((earlier) => sql`${earlier.expression} = ${valueOf(earlier)}`);
    const operator = term.descending ? sql`<` : sql`>`;
    return sql`(${sql.join([...equal, sql`${term.expression} ${operator} ${valueOf(term)}`], sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(steps, sql` or `)})`;
}
