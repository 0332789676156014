import { sql } from 'kysely';
import { booleanFilter, integerFilter, textFilter, timeFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';

/** Columns by the kind of value that they hold; texts and integers may be NULL. */
export interface ListedColumns {
  readonly texts: readonly string[];
  readonly booleans: readonly string[];
  readonly integers: readonly string[];
}

type Parts = Pick<ListDefinition, 'filters' | 'sortKeys'>;

/** Filters and sort keys of the columns that all kinds have, and of a kind's own. */
export function standardList(alias: string, own: ListedColumns): Parts {
  const texts = ['id', 'name', 'project_id', 'description', ...own.texts].map((name) => {
    return [name, textFilter(`${alias}.${name}`), sql`coalesce(${sql.ref(`${alias}.${name}`)}, '')`] as const;
  });
  const booleans = own.booleans.map((name) => {
    return [name, booleanFilter(`${alias}.${name}`), sql.ref(`${alias}.${name}`)] as const;
  });
  const integers = ['revision_number', ...own.integers].map((name) => {
    return [name, integerFilter(`${alias}.${name}`), sql`coalesce(${sql.ref(`${alias}.${name}`)}, -1)`] as const;
  });
  const times = ['created_at', 'updated_at'].map((name) => {
    return [name, timeFilter(`${alias}.${name}`), sql.ref(`${alias}.${name}`)] as const;
  });
  const all = [...texts, ...booleans, ...integers, ...times];
  return {
    filters: Object.fromEntries(all.map(([name, filter]) => [name, filter])),
    sortKeys: Object.fromEntries(all.map(([name, , expression]) => [name, expression])),
  };
}
