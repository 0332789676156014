import { sql } from 'kysely';
import type { Filter } from '../listing/list-definition.js';

/** Filters by tags: all of them, any of them, and the opposites (neutron's `tags`, `tags-any`, `not-tags`, …). */
export function tagFilters(column: string): Readonly<Record<string, Filter>> {
  const tags = sql.ref(column);
  const all: Filter = (values) => sql<boolean>`${tags} @> ${JSON.stringify(values)}::jsonb`;
  const any: Filter = (values) => sql<boolean>`${tags} ?| ${[...values]}::text[]`;
  return {
    tags: all,
    tags_any: any,
    not_tags: (values) => sql<boolean>`not (${all(values)})`,
    not_tags_any: (values) => sql<boolean>`not (${any(values)})`,
  };
}
