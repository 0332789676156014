import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, imageFields, imageFieldsByName } from '#libs/contracts';
import { booleanFilter, integerFilter, textFilter } from '../listing/filters.js';
import type { Filter, ListDefinition } from '../listing/list-definition.js';

const COMPARISONS: Readonly<Record<string, RawBuilder<unknown>>> = {
  gt: sql`>`,
  gte: sql`>=`,
  lt: sql`<`,
  lte: sql`<=`,
  eq: sql`=`,
  neq: sql`<>`,
};

const columnOf = (field: string): string => `i.${field}`;

function filterOf(field: string, kind: string): Filter {
  if (kind === 'boolean') return booleanFilter(columnOf(field));
  if (kind === 'integer') return integerFilter(columnOf(field));
  return kind === 'time' ? momentFilter(field) : textFilter(columnOf(field));
}

/** `gt:2026-11-28T00:00:00Z`; without an operator, exactly that time in seconds, as responses show it. */
function momentFilter(field: string): Filter {
  const column = sql`date_trunc('second', ${sql.ref(columnOf(field))})`;
  return (values) =>
    sql<boolean>`(${sql.join(
      values.map((text) => {
        const [, operator = 'eq', time = ''] = /^(?:([a-z]+):)?(\d{4}-.*)$/s.exec(text) ?? [];
        const comparison = COMPARISONS[operator];
        if (comparison === undefined || !Number.isFinite(Date.parse(time))) throw badMoment(field);
        return sql`${column} ${comparison} ${new Date(time).toISOString()}::timestamptz`;
      }),
      sql` and `,
    )})`;
}

function badMoment(field: string): ExpectedError {
  return new ExpectedError('InvalidFilter', `Bad "${field}" query filter format. Use ISO 8601 DateTime notation.`);
}

/** `size_min=10`: at least, `size_max`: at most. */
function rangeFilter(field: string, comparison: RawBuilder<unknown>): Filter {
  return (values) =>
    sql<boolean>`(${sql.join(
      values.map((value) => {
        if (!/^-?\d{1,15}$/.test(value)) {
          throw new ExpectedError('InvalidFilter', 'Unable to filter on a range with a non-numeric value.');
        }
        return sql`${sql.ref(columnOf(field))} ${comparison} ${value}::int8`;
      }),
      sql` and `,
    )})`;
}

const filters: Record<string, Filter> = {
  // Unlike other values, tags are combined with "and", as in glance.
  tag: (values) => sql<boolean>`i.tags @> ${JSON.stringify(values)}::jsonb`,
  visibility: (values) => (values.includes('all') ? sql<boolean>`true` : textFilter('i.visibility')(values)),
  // Handled with the visibility: see visibleImages.
  member_status: () => sql<boolean>`true`,
};
for (const { field, filter, type } of imageFields) {
  if (filter === false || Object.hasOwn(filters, field)) continue;
  filters[field] = filterOf(field, type.kind);
  if (type.kind !== 'integer') continue;
  filters[`${field}_min`] = rangeFilter(field, sql`>=`);
  filters[`${field}_max`] = rangeFilter(field, sql`<=`);
}

/** NULL cannot be compared with a marker, so unknown values come first. */
const sortKeys = Object.fromEntries(
  imageFields
    .filter(({ sort }) => sort)
    .map(({ field, type }) => {
      const column = sql.ref(columnOf(field));
      if (type.kind === 'integer') return [field, sql`coalesce(${column}, -1)`];
      return [field, type.kind === 'time' || field === 'id' ? column : sql`coalesce(${column}, '')`];
    }),
);

export const imageList: ListDefinition = {
  from: sql`images i`,
  select: sql`i.id, i.name, i.status, i.visibility, i.protected, i.owner, i.disk_format, i.container_format, i.size,
    i.virtual_size, i.min_disk, i.min_ram, i.checksum, i.os_hash_algo, i.os_hash_value, i.os_hidden, i.tags,
    i.properties, i.created_at, i.updated_at,
    coalesce((select jsonb_agg(distinct o.store) from image_objects o where o.image_id = i.id and o.state = 'stored'),
      '[]') as stores, '[]'::jsonb as locations`,
  id: sql`i.id`,
  filters,
  sortKeys,
  defaultSort: [
    { key: 'created_at', dir: 'desc' },
    { key: 'id', dir: 'desc' },
  ],
};

/** The same list for a query: a name that is not a field filters by the property of that name. */
export function imageListFor(names: Iterable<string>): ListDefinition {
  const more: Record<string, Filter> = {};
  for (const name of names) {
    if (Object.hasOwn(filters, name) || imageFieldsByName.has(name)) continue;
    more[name] = (values) => sql<boolean>`(i.properties ->> ${name}::text) = any(${[...values]}::text[])`;
  }
  return { ...imageList, filters: { ...more, ...filters } };
}
