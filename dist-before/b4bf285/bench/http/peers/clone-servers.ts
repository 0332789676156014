import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** nova's tables that hold a server, and the column that names it. */
const CELL_TABLES: readonly [table: string, key: string][] = [
  ['instances', 'uuid'],
  ['instance_extra', 'instance_uuid'],
  ['instance_info_caches', 'instance_uuid'],
  ['instance_system_metadata', 'instance_uuid'],
  ['block_device_mapping', 'instance_uuid'],
];
const API_TABLES: readonly [table: string, key: string][] = [
  ['instance_mappings', 'instance_uuid'],
  ['request_specs', 'instance_uuid'],
];

/** Runs on a database of nova's and closes the connection. */
export async function withDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function cloneRows(client: Client, table: string, key: string, source: string, ids: string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select column_name as name from information_schema.columns where table_name = $1',
    [table],
  );
  const columns = rows.map(({ name }) => name).filter((name) => name !== 'id');
  const values = columns.map((name) => {
    if (name === key) return 'wanted.id';
    return name === 'uuid' ? 'gen_random_uuid()::text' : `source."${name}"`;
  });
  const names = columns.map((name) => `"${name}"`).join(', ');
  await client.query(
    `insert into ${table} (${names}) select ${values.join(', ')}
     from ${table} source, unnest($2::text[]) as wanted(id) where source.${key} = $1`,
    [source, ids],
  );
}

/**
 * Copies a server of nova's until there are so many: building a thousand would take a quarter of an hour, and what a
 * list reads is the same.
 */
export async function cloneServers(cellUrl: string, apiUrl: string, source: string, wanted: number): Promise<void> {
  const have = await withDatabase(cellUrl, async (client) => {
    const { rows } = await client.query<{ count: string }>('select count(*) from instances where deleted = 0');
    return Number(rows[0]?.count);
  });
  const ids = Array.from({ length: Math.max(0, wanted - have) }, () => randomUUID());
  for (const [url, tables] of [
    [cellUrl, CELL_TABLES],
    [apiUrl, API_TABLES],
  ] as const) {
    await withDatabase(url, async (client) => {
      for (const [table, key] of tables) await cloneRows(client, table, key, source, ids);
    });
  }
}
