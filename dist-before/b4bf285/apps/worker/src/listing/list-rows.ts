import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs } from '#libs/contracts';
import type { Queries } from '../store/index.js';
import type { ListDefinition } from './list-definition.js';

/** A page of rows; `nextMarker` names the row after which the next page (or, reversed, the one before) begins. */
export interface RowPage<Row> {
  readonly rows: readonly Row[];
  readonly nextMarker: string | null;
}

interface SortTerm {
  readonly expression: RawBuilder<unknown>;
  readonly descending: boolean;
}

/**
 * Lists what the caller may see of a kind of object, by keyset: a page costs the same wherever it lies, and rows that
 * come and go between two pages make none of the others appear twice or not at all.
 * Errors: InvalidFilter, InvalidSortKey, MarkerNotFound (also for a marker that the caller may not see).
 */
export async function listRows<Row extends { readonly id: string }>(
  db: Queries,
  definition: ListDefinition,
  visible: RawBuilder<boolean>,
  args: ListArgs,
): Promise<RowPage<Row>> {
  const conditions = [visible, ...filterConditions(definition, args.filters ?? {})];
  const terms = sortTerms(definition, args);
  const { from, select, id } = definition;
  const marker = args.marker ?? null;
  if (marker !== null) {
    const found = await sql`select 1 from ${from} where ${id} = ${marker} and ${visible}`.execute(db);
    if (found.rows.length === 0) throw new ExpectedError('MarkerNotFound', `marker [${marker}] not found`);
    conditions.push(afterMarker(definition, terms, marker));
  }
  const limit = args.limit ?? null;
  const order = terms.map((term) => (term.descending ? sql`${term.expression} desc` : sql`${term.expression} asc`));
  // One row more than asked for tells whether there is another page.
  const limitClause = limit === null ? sql`` : sql`limit ${limit + 1}`;
  const result = await sql<Row>`
    select ${select} from ${from} where ${sql.join(conditions, sql` and `)}
    order by ${sql.join(order)} ${limitClause}`.execute(db);
  const rows = limit === null ? result.rows : result.rows.slice(0, limit);
  const hasMore = result.rows.length > rows.length;
  const nextMarker = hasMore ? (rows.at(-1)?.id ?? null) : null;
  return { rows: args.page_reverse === true ? rows.toReversed() : rows, nextMarker };
}

function filterConditions(
  definition: ListDefinition,
  filters: Readonly<Record<string, readonly string[]>>,
): RawBuilder<boolean>[] {
  return Object.entries(filters).map(([name, values]) => {
    const filter = Object.hasOwn(definition.filters, name) ? definition.filters[name] : undefined;
    if (filter === undefined || !Array.isArray(values) || values.some((value) => typeof value !== 'string')) {
      throw new ExpectedError('InvalidFilter', `"${name.slice(0, 64)}" is not a filter of this list.`, {
        filter: name,
      });
    }
    return filter(values);
  });
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
  const lastDescending = terms.at(-1)?.descending ?? reversed;
  return [...terms, { expression: definition.id, descending: lastDescending }];
}

/** `(a, b, id)` after the marker's, each key in its own direction; the marker's values never leave the database. */
function afterMarker(definition: ListDefinition, terms: readonly SortTerm[], marker: string): RawBuilder<boolean> {
  const valueOf = ({ expression }: SortTerm): RawBuilder<unknown> =>
    sql`(select ${expression} from ${definition.from} where ${definition.id} = ${marker})`;
  const steps = terms.map((term, index) => {
    const equal = terms.slice(0, index).map((earlier) => sql`${earlier.expression} = ${valueOf(earlier)}`);
    const operator = term.descending ? sql`<` : sql`>`;
    return sql`(${sql.join([...equal, sql`${term.expression} ${operator} ${valueOf(term)}`], sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(steps, sql` or `)})`;
}
