import type { ColumnType } from 'kysely';

/** timestamptz, read as `2026-11-21T20:49:56.123456Z`; written as such a text or with `sql` (`now()`). */
export type Timestamp = ColumnType<string, string, string>;

/** timestamptz that the database fills in when the row is inserted. */
export type DefaultTimestamp = ColumnType<string, string | undefined, string>;

/** jsonb: read parsed, always written as `JSON.stringify(value)`, since pg would take an array for a SQL array. */
export type Json<T> = ColumnType<T, string, string>;

/** jsonb with a default in the database. */
export type DefaultJson<T> = ColumnType<T, string | undefined, string>;
