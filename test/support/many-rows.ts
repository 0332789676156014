import type { Client } from 'pg';

/** Each table is filled with copies of its one row; what differs between them, as SQL over `n`. `owner`: the project's. */
const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  networks: { id: `uid('network', n)`, project_id: 'owner(n)', provider_segmentation_id: 'null' },
  subnets: { id: `uid('subnet', n)`, network_id: `uid('network', n)`, project_id: 'owner(n)' },
  ports: {
    id: `uid('port', n)`,
    network_id: `uid('network', n)`,
    project_id: 'owner(n)',
    device_id: `uid('server', n)`,
  },
  ip_allocations: {
    subnet_id: `uid('subnet', n)`,
    port_id: `uid('port', n)`,
    ip_address: `'10.0.0.0'::inet + n`,
  },
  security_groups: { id: `uid('group', n)`, project_id: 'owner(n)', is_default: 'false' },
  security_group_rules: { id: `uid('rule', n)`, security_group_id: `uid('group', n)`, project_id: 'owner(n)' },
  instances: { id: `uid('server', n)`, project_id: 'owner(n)', name: `'server-' || n`, hostname: `'server-' || n` },
  images: { id: `uid('image', n)`, owner: 'owner(n)', visibility: `'private'`, name: `'image-' || n` },
};

export type FilledTable = keyof typeof TABLES;
export const FILLED_TABLES: readonly FilledTable[] = Object.keys(TABLES);

export interface ManyRows {
  /** Whose the first `own` rows of each table are; the others belong to projects of a hundred rows each. */
  readonly project: string;
  readonly own: number;
  /** Rows of a table that there are already, copies of this filling. @default 0 */
  readonly from?: number;
  readonly rows: (table: FilledTable) => number;
}

/** Ids of the seventh row of a kind. */
export type FilledId = 'network' | 'port' | 'server' | 'group';

/**
 * Fills the large tables of a cloud that has one of each (a server on a network, with a port), without the checks of foreign
 * keys: they are of these rows among themselves. Answers ids to ask for.
 */
export async function fillTables(
  client: Client,
  { project, own, from = 0, rows }: ManyRows,
): Promise<Map<FilledId, string>> {
  await client.query(`set session_replication_role = replica`);
  await client.query(`create or replace function pg_temp.uid(text, bigint) returns text immutable language sql as
    $$ select md5($1 || $2)::uuid::text $$`);
  await client.query(`create or replace function pg_temp.owner(bigint) returns text immutable language sql as
    $$ select case when $1 <= ${own} then '${project}' else md5('project' || $1 / 100) end $$`);
  for (const [table, parts] of Object.entries(TABLES)) {
    const columns = await client.query<{ name: string }>(
      `select quote_ident(attname) as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = ''`,
      [table],
    );
    const names = columns.rows.map(({ name }) => name);
    const values = names.map((name) => (parts[name] ?? `one.${name}`).replaceAll(/\b(uid|owner)\(/g, 'pg_temp.$1('));
    await client.query(`insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
      from (select * from ${table} limit 1) as one, generate_series(${from + 1}, ${rows(table)}) as n`);
  }
  // With the visibility map, too: a count can then be read from an index alone.
  await client.query('vacuum analyze');
  const ids = new Map<FilledId, string>();
  for (const kind of ['network', 'port', 'server', 'group'] as const) {
    const { rows: found } = await client.query<{ id: string }>(`select pg_temp.uid('${kind}', 7) as id`);
    ids.set(kind, found[0]?.id ?? '');
  }
  return ids;
}
