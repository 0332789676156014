import type { RawBuilder } from 'kysely';

/** Turns the accepted values of one filter into a condition. Throws InvalidFilter for a value that cannot be. */
export type Filter = (values: readonly string[]) => RawBuilder<boolean>;

/** A filter by regular expressions: what they are matched with. */
export interface PatternFilter {
  /** The texts of a row, an SQL array; a row is taken when any of them matches. */
  readonly texts: RawBuilder<unknown>;
  /** The same for a plain pattern, in the database. */
  like(pattern: string): RawBuilder<boolean>;
}

/** How a kind of object is listed: where its rows come from, what they can be filtered and sorted by. */
export interface ListDefinition {
  /** The table with its alias and joins, as it stands after FROM. */
  readonly from: RawBuilder<unknown>;
  /** What stands after SELECT. */
  readonly select: RawBuilder<unknown>;
  /**
   * Set: the embedded database may give each row as one JSON document; these are its fields that are timestamptz. Not
   * for bytea, nor for numbers beyond 2^53.
   */
  readonly times?: readonly string[];
  /** The unique column that markers name; also the last sort key of every list, so that pages never overlap. */
  readonly id: RawBuilder<unknown>;
  readonly filters: Readonly<Record<string, Filter>>;
  /** Filters whose values are regular expressions. */
  readonly patterns?: Readonly<Record<string, PatternFilter>>;
  /** Expressions that are never NULL: a NULL is neither before nor after a marker. */
  readonly sortKeys: Readonly<Record<string, RawBuilder<unknown>>>;
  readonly defaultSort: readonly { readonly key: string; readonly dir: 'asc' | 'desc' }[];
}
