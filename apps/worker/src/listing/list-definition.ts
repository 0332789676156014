import type { RawBuilder } from 'kysely';

/** Converts the values of one filter into a condition. Throws InvalidFilter for an invalid value. */
export type Filter = (values: readonly string[]) => RawBuilder<boolean>;

/** A filter by regular expressions: the texts that they match. */
export interface PatternFilter {
  /** The texts of a row, an SQL array; the row matches if any text does. */
  readonly texts: RawBuilder<unknown>;
  /** The same for a simple pattern, evaluated by the database. */
  like(pattern: string): RawBuilder<boolean>;
}

/** How a kind of object is listed: its table, its filters and its sort keys. */
export interface ListDefinition {
  /** SQL after FROM: the table with its alias and joins. */
  readonly from: RawBuilder<unknown>;
  /** SQL after SELECT. */
  readonly select: RawBuilder<unknown>;
  /**
   * If set, the embedded database may return each row as one JSON document; these fields of it are timestamptz. Not for
   * bytea, and not for numbers beyond 2^53.
   */
  readonly times?: readonly string[];
  /** The unique column that markers name; also the last sort key of every list, so that pages never overlap. */
  readonly id: RawBuilder<unknown>;
  /** The text for a marker that no object has. @default `marker [m1] not found` */
  readonly noMarker?: (marker: string) => string;
  readonly filters: Readonly<Record<string, Filter>>;
  /** Filters whose values are regular expressions. */
  readonly patterns?: Readonly<Record<string, PatternFilter>>;
  /** Expressions that are never NULL, since NULL cannot be compared with a marker. */
  readonly sortKeys: Readonly<Record<string, RawBuilder<unknown>>>;
  readonly defaultSort: readonly { readonly key: string; readonly dir: 'asc' | 'desc' }[];
}
