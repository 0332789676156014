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

export interface TableOptions {
  /** @default the resource's plural */
  readonly table?: string;
  /** What the table is called in statements. @default 't' */
  readonly alias?: string;
  /** What stands after the table in FROM: joins that filters and visibility need. */
  readonly joins?: RawBuilder<unknown>;
  /** How a field is read that is not its own column: every `computed` one that has no loader. */
  readonly columns?: Readonly<Record<string, RawBuilder<unknown>>>;
  /** Filters beside those of the fields' columns, or in their place. */
  readonly filters?: Readonly<Record<string, Filter>>;
  readonly sortKeys?: Readonly<Record<string, RawBuilder<unknown>>>;
  /** The sort key of lists that ask for none. @default 'id' */
  readonly defaultSort?: string;
}

/** Where the rows of a resource are, and how they are read. Made once, at start. */
export interface ResourceTable<R extends object = object> {
  readonly declaration: Declaration<R>;
  readonly table: string;
  readonly alias: string;
  /** What stands after SELECT: the fields as the object has them. */
  readonly select: RawBuilder<unknown>;
  readonly list: ListDefinition;
  /** How each of its columns is written. */
  readonly columns: ReadonlyMap<string, FieldKind>;
}

/** What a column of a kind looks like when it is read. */
const READ: Readonly<Partial<Record<FieldKind, (column: RawBuilder<unknown>) => RawBuilder<unknown>>>> = {
  address: (column) => sql`host(${column})`,
  cidr: (column) => sql`${column}::text`,
};

/** Filters and sort keys of a column by its kind; a NULL sorts before everything. JSON has neither. */
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

/** How a declared resource is read and written. Throws TypeError for an option that names no field. */
export function resourceTable<R extends object>(type: ResourceClass<R>, options: TableOptions = {}): ResourceTable<R> {
  const declaration = declarationOf(type);
  const { table = declaration.plural, alias = 't' } = options;
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
      id: sql.ref(`${alias}.id`),
      filters: {
        ...Object.fromEntries(listed.map(({ field, filter }) => [field, filter])),
        ...(isTimed(declaration) ? { changed_since: changedSinceFilter(`${alias}.updated_at`) } : {}),
        ...(declaration.tags ? tagFilters(`${alias}.tags`) : {}),
        ...options.filters,
      },
      sortKeys: { ...Object.fromEntries(listed.map(({ field, order }) => [field, order])), ...options.sortKeys },
      defaultSort: [{ key: options.defaultSort ?? 'id', dir: 'asc' }],
    },
  };
}

function read(alias: string, { field, type: { kind } }: FieldDeclaration): RawBuilder<unknown> {
  const column = sql.ref(`${alias}.${field}`);
  return READ[kind]?.(column) ?? column;
}

/** Finds what is stored, however the caller spells it; values that no conversion gives a text find nothing new. */
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

/** A value as a column of its kind takes it: JSON as text, since pg would take an array for a SQL array. */
export function stored(kind: FieldKind, value: unknown): unknown {
  return kind === 'json' && value !== null ? JSON.stringify(value) : value;
}
