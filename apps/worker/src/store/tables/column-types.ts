import type { ColumnType } from 'kysely';

/** timestamptz, read as `2026-11-21T20:49:56.123456Z`; written as such a text or with `sql` (`business_now()`). */
export type Timestamp = ColumnType<string, string, string>;

/** timestamptz that the database fills in when the row is inserted. */
export type DefaultTimestamp = ColumnType<string, string | undefined, string>;

/**
 * jsonb: read as a parsed value, always written as `JSON.stringify(value)`, since pg would send an array as an SQL
 * array.
 */
export type Json<T> = ColumnType<T, string, string>;

/** jsonb with a default in the database. */
export type DefaultJson<T> = ColumnType<T, string | undefined, string>;

/** jsonb that may be null: SQL NULL for a column without a value, not JSON's null. */
export type NullableJson<T> = ColumnType<T | null, string | null, string | null>;
