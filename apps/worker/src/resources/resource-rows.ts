import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { fixedText } from '../store/index.js';
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
  const ending = onConflict === undefined ? sql`` : sql`on conflict do nothing`;
  const result = await sql`${insertion(table, values)} ${ending}`.execute(tx);
  return result.numAffectedRows === 1n;
}

/**
 * Inserts a row and answers it as it is read; null where a unique constraint forbids it. What is computed of other rows is
 * as it was before: for a table whose other rows come of a trigger, or later, read it again.
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

/** Up to its values, by table, alias and columns: put together once. */
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
