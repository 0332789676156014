import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { fixedText } from '../store/index.js';
import type { Transaction } from '../store/index.js';
import { stored } from './resource-table.js';
import type { ResourceTable } from './resource-table.js';

export interface ResourceRow {
  readonly id: string;
  /** Absent: the row has no owner. */
  readonly project_id?: string;
  readonly revision_number?: number;
}

/** Column values of a row; an `sql` expression is used as it is. */
export type Values = Record<string, unknown>;

type Written = Pick<ResourceTable, 'table' | 'columns'>;

/** Inserts a row. With `onConflict: 'nothing'` it returns false if a unique constraint forbids the row. */
export async function insertRow(
  tx: Transaction,
  table: Written,
  values: Values,
  onConflict?: 'nothing',
): Promise<boolean> {
  const ending = onConflict === undefined ? sql`` : sql`on conflict do nothing`;
  const result = await sql`${insertion(table, values)} ${ending}`.execute(tx);
  return result.numAffectedRows === 1n;
}

/**
 * Inserts a row and returns it as a SELECT reads it; null if a unique constraint forbids it. Fields computed from other
 * rows have the values from before the insert. If a trigger or a later statement writes those rows, read the row again.
 */
export async function insertReading<R extends object>(
  tx: Transaction,
  table: ResourceTable<R>,
  values: Values,
): Promise<R | null> {
  const { rows } = await sql<R>`
    ${insertion(table, values, table.alias)} on conflict do nothing returning ${table.select}`.execute(tx);
  return rows[0] ?? null;
}

/** The statement up to its values, by table, alias and columns: built once. */
const heads = new Map<string, RawBuilder<unknown>>();

function insertion(table: Written, values: Values, alias?: string): RawBuilder<unknown> {
  const written = Object.entries(values).filter(([, value]) => value !== undefined);
  const names = written.map(([name]) => name);
  const key = [table.table, alias, ...names].join(' ');
  let head = heads.get(key);
  if (head === undefined) {
    const as = alias === undefined ? sql`` : sql`as ${sql.ref(alias)}`;
    const columns = sql.join(names.map((name) => sql.ref(name)));
    head = fixedText(sql`insert into ${sql.table(table.table)} ${as} (${columns})`);
    heads.set(key, head);
  }
  return sql`${head} values (${sql.join(written.map(([name, value]) => valueOf(table, name, value)))})`;
}

/** Changes a row and increments its revision. */
export async function updateRow(tx: Transaction, table: Written, id: string, values: Values): Promise<void> {
  const written = Object.entries(values).filter(([, value]) => value !== undefined);
  const changes = written.map(([name, value]) => sql`${sql.ref(name)} = ${valueOf(table, name, value)}`);
  const changed = [...changes, ...counted(table)];
  // An update that changes no column of a table without revisions.
  if (changed.length === 0) return;
  const all = sql.join(changed);
  await sql`update ${sql.table(table.table)} set ${all} where id = ${id}`.execute(tx);
}

/** Increments the revision of a row because something that belongs to it changed. */
export async function touchRow(tx: Transaction, table: Written, id: string): Promise<void> {
  await updateRow(tx, table, id, {});
}

export async function deleteRow(tx: Transaction, table: Written, id: string): Promise<void> {
  await sql`delete from ${sql.table(table.table)} where id = ${id}`.execute(tx);
}

/**
 * Locks a row until the transaction ends: against changes, or (`remove`) also against new rows that refer to it. False
 * if it does not exist.
 */
export async function lockRow(
  tx: Transaction,
  table: Written,
  id: string,
  mode: 'change' | 'remove',
): Promise<boolean> {
  const clause = mode === 'change' ? sql`for no key update` : sql`for update`;
  const found = await sql`select 1 from ${sql.table(table.table)} where id = ${id} ${clause}`.execute(tx);
  return found.rows.length > 0;
}

function valueOf({ columns }: Written, name: string, value: unknown): unknown {
  const kind = columns.get(name);
  return kind === undefined ? value : stored(kind, value);
}

function counted({ columns }: Written): readonly RawBuilder<unknown>[] {
  return [
    ...(columns.has('revision_number') ? [sql`revision_number = revision_number + 1`] : []),
    ...(columns.has('updated_at') ? [sql`updated_at = business_now()`] : []),
  ];
}
