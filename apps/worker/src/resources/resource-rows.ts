import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Transaction } from '../store/index.js';
import { stored } from './resource-table.js';
import type { ResourceTable } from './resource-table.js';

export interface ResourceRow {
  readonly id: string;
  /** Absent: it is nobody's. */
  readonly project_id?: string;
  readonly revision_number?: number;
}

/** Columns of a row; an expression (`sql`) stands as it is. */
export type Values = Record<string, unknown>;

type Written = Pick<ResourceTable, 'table' | 'columns'>;

/** Inserts a row; `onConflict: 'nothing'` answers false where a unique constraint forbids it. */
export async function insertRow(
  tx: Transaction,
  table: Written,
  values: Values,
  onConflict?: 'nothing',
): Promise<boolean> {
  const written = Object.entries(values).filter(([, value]) => value !== undefined);
  const result = await sql`
    insert into ${sql.table(table.table)} (${sql.join(written.map(([name]) => sql.ref(name)))})
    values (${sql.join(written.map(([name, value]) => valueOf(table, name, value)))})
    ${onConflict === undefined ? sql`` : sql`on conflict do nothing`}`.execute(tx);
  return result.numAffectedRows === 1n;
}

/** Changes a row and counts the change. */
export async function updateRow(tx: Transaction, table: Written, id: string, values: Values): Promise<void> {
  const written = Object.entries(values).filter(([, value]) => value !== undefined);
  const changes = written.map(([name, value]) => sql`${sql.ref(name)} = ${valueOf(table, name, value)}`);
  const changed = [...changes, ...counted(table)];
  // An update that says nothing of a row which counts no changes.
  if (changed.length === 0) return;
  const all = sql.join(changed);
  await sql`update ${sql.table(table.table)} set ${all} where id = ${id}`.execute(tx);
}

/** Counts a change of something that belongs to a row. */
export async function touchRow(tx: Transaction, table: Written, id: string): Promise<void> {
  await updateRow(tx, table, id, {});
}

export async function deleteRow(tx: Transaction, table: Written, id: string): Promise<void> {
  await sql`delete from ${sql.table(table.table)} where id = ${id}`.execute(tx);
}

/**
 * Locks a row until the transaction ends: against changes, or (`remove`) also against new rows that refer to it. False:
 * there is none.
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
