import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Declaration, FieldDeclaration, FieldKind, FieldType, ResourceClass } from '#libs/contracts';
import { declarationOf, isTimed } from '#libs/contracts';
import {
  booleanFilter,
  changedSinceFilter,
  expressionFilter,
  integerFilter,
  textFilter,
  timeFilter,
} from '../listing/filters.js';
import type { Filter, ListDefinition } from '../listing/list-definition.js';
import { fixedText } from '../store/index.js';

/** Filters by tags: all of them, any of them, and the negations (neutron's `tags`, `tags-any`, `not-tags`, …). */
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

export interface TableOptions {
  /** @default the resource's plural */
  readonly table?: string;
  /** The table's alias in statements. @default 't' */
  readonly alias?: string;
  /** SQL after the table in FROM: joins that filters and visibility need. */
  readonly joins?: RawBuilder<unknown>;
  /** SQL expressions of fields that are not columns: every `computed` field without a loader. */
  readonly columns?: Readonly<Record<string, RawBuilder<unknown>>>;
  /** Filters that add to or replace the filters of the fields' columns. */
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly sortKeys?: Readonly<Record<string, RawBuilder<unknown>>>;
  /** The sort key of lists whose request names none. @default 'id' */
  readonly defaultSort?: string;
}

/** Where the rows of a resource are stored, and how they are read. Created once, at start. */
export interface ResourceTable<R extends object = object> {
  readonly declaration: Declaration<R>;
  readonly table: string;
  readonly alias: string;
  /** SQL after SELECT: the fields under the names of the object. */
  readonly select: RawBuilder<unknown>;
  readonly list: ListDefinition;
  /** The kind of each column, which decides how a value is written. */
  readonly columns: ReadonlyMap<string, FieldKind>;
}

/** The SQL expression by which a column of each kind is read. */
const READ: Readonly<Partial<Record<FieldKind, (column: RawBuilder<unknown>) => RawBuilder<unknown>>>> = {
  address: (column) => sql`host(${column})`,
  cidr: (column) => sql`${column}::text`,
};

/** Filters and sort keys of a column by its kind; NULL sorts first. JSON columns have neither. */
const LISTED: Readonly<
  Partial<
    Record<FieldKind, { filter: (name: string) => Filter; order: (column: RawBuilder<unknown>) => RawBuilder<unknown> }>
  >
> = {
  text: { filter: textFilter, order: (column) => sql`coalesce(${column}, '')` },
  boolean: { filter: booleanFilter, order: (column) => sql`coalesce(${column}, false)` },
  integer: { filter: integerFilter, order: (column) => sql`coalesce(${column}, -1)` },
  time: { filter: timeFilter, order: (column) => column },
  address: {
    filter: (name) => expressionFilter(sql`host(${sql.ref(name)})`),
    order: (column) => sql`coalesce(host(${column}), '')`,
  },
  cidr: {
    filter: (name) => expressionFilter(sql`${sql.ref(name)}::text`),
    order: (column) => sql`coalesce(${column}::text, '')`,
  },
};

/** Builds the table of a declared resource. Throws TypeError for an option that names no field. */
export function resourceTable<R extends object>(type: ResourceClass<R>, options: TableOptions = {}): ResourceTable<R> {
  const declaration = declarationOf(type);
  const { table = declaration.plural, alias = 't' } = options;
  const id = sql.ref(`${alias}.id`);
  const own = declaration.fields.filter(({ computed }) => !computed);
  for (const name of Object.keys(options.columns ?? {})) {
    if (!declaration.byField.has(name)) throw new TypeError(`${type.name}: the column ${name} is of no field`);
  }
  const selected = declaration.fields.flatMap((field) => {
    const expression = options.columns?.[field.field] ?? (field.computed ? undefined : read(alias, field));
    return expression === undefined ? [] : [sql`${expression} as ${sql.ref(field.field)}`];
  });
  const select = fixedText(sql.join(selected));
  const listed = own.flatMap(({ field, type: { kind, convert } }) => {
    const made = LISTED[kind];
    if (made === undefined) return [];
    const name = `${alias}.${field}`;
    const filter = made.filter(name);
    return [{ field, filter: withNormalValues(filter, convert), order: made.order(sql.ref(name)) }];
  });
  return {
    declaration,
    table,
    alias,
    select,
    columns: new Map(own.map(({ field, type: { kind } }) => [field, kind])),
    list: {
      from: fixedText(sql`${sql.table(table)} as ${sql.ref(alias)} ${options.joins ?? sql``}`),
      select,
      times: own.filter(({ type: { kind } }) => kind === 'time').map(({ field }) => field),
      id,
      filters: {
        ...Object.fromEntries(listed.map(({ field, filter }) => [field, filter])),
        ...(isTimed(declaration) ? { changed_since: changedSinceFilter(`${alias}.updated_at`) } : {}),
        ...(declaration.tags ? tagFilters(`${alias}.tags`) : {}),
        ...options.filters,
      },
      // An id is never null, and an index of it gives its order.
      sortKeys: { ...Object.fromEntries(listed.map(({ field, order }) => [field, order])), id, ...options.sortKeys },
      defaultSort: [{ key: options.defaultSort ?? 'id', dir: 'asc' }],
    },
  };
}

function read(alias: string, { field, type: { kind } }: FieldDeclaration): RawBuilder<unknown> {
  const column = sql.ref(`${alias}.${field}`);
  return READ[kind]?.(column) ?? column;
}

/** Converts filter values to the stored spelling. A value that does not convert to text is used unchanged. */
function withNormalValues(filter: Filter, convert: FieldType['convert']): Filter {
  if (convert === undefined) return filter;
  return (values) =>
    filter(
      values.map((value) => {
        const normal = convert(value);
        return typeof normal === 'string' ? normal : value;
      }),
    );
}

/** Converts a value for a column of its kind: JSON is passed as text, since pg would send an array as an SQL array. */
export function stored(kind: FieldKind, value: unknown): unknown {
  return kind === 'json' && value !== null ? JSON.stringify(value) : value;
}
