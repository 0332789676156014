import { sql } from 'kysely';
import type { VmState } from '#libs/contracts';
import { until } from '../../apps/worker/src/testing/memory-worker.js';
import type { MemoryWorker } from '../../apps/worker/src/testing/memory-worker.js';

const WAIT = { timeoutMs: 30_000 };

/** A server that nothing is being done to. */
export interface Rest {
  readonly vm: VmState;
  readonly lockedBy: 'owner' | 'admin' | null;
  readonly flavor: string;
}

/** Waits until a server has no task, and until no message is on its way. */
export async function untilAtRest({ shared }: MemoryWorker, id: string): Promise<Rest> {
  const { db } = shared.store;
  const look = () =>
    db
      .selectFrom('instances')
      .select(['vm_state', 'task_state', 'locked_by', 'flavor_id', 'deleted'])
      .where('id', '=', id)
      .executeTakeFirst();
  const row = await until(look, (found) => found === undefined || found.deleted || found.task_state === null, WAIT);
  if (row === undefined || row.deleted) return { vm: 'deleted', lockedBy: null, flavor: '' };
  return {
    vm: row.vm_state,
    lockedBy: row.locked_by === 'owner' || row.locked_by === 'admin' ? row.locked_by : null,
    flavor: row.flavor_id,
  };
}

export async function untilGone(worker: MemoryWorker, id: string): Promise<void> {
  await until(
    () => untilAtRest(worker, id),
    ({ vm }) => vm === 'deleted',
    WAIT,
  );
}

const ENDED = ['confirmed', 'reverted', 'completed', 'done', 'cancelled', 'failed', 'error'];

/** What a server at rest must not be; undefined where all is well. */
export async function wrongWith({ shared }: MemoryWorker, id: string, vm: VmState): Promise<string | undefined> {
  const ended = sql.join(ENDED);
  const found = await sql<{
    allocations: number;
    moves: number;
    held: number;
    ports: number;
    addresses: number;
    machines: number;
    unequal: number;
  }>`
    select
      (select count(*)::int from allocations where instance_id = ${id}) as allocations,
      (select count(*)::int from migrations where instance_id = ${id} and status not in (${ended})) as moves,
      (select count(*)::int from allocations a join migrations m on m.uuid = a.instance_id where m.instance_id = ${id}) as held,
      (select count(*)::int from ports where device_id = ${id}) as ports,
      (select count(distinct p.id)::int from ports p join ip_allocations a on a.port_id = p.id where p.device_id = ${id}) as addresses,
      (select count(*)::int from fake_machines f join instances i on i.id = f.instance_id and i.host = f.host where i.id = ${id}) as machines,
      (select count(*)::int from instances i left join allocations a on a.instance_id = i.id where i.id = ${id}
        and i.vm_state not in ('resized', 'error') and (
          i.flavor ->> 'id' <> i.flavor_id
          or (i.vcpus, i.ram) is distinct from ((i.flavor ->> 'vcpus')::int, (i.flavor ->> 'ram')::int)
          or (a.host, a.vcpus, a.memory) is distinct from (i.host, i.vcpus, i.ram) and i.host is not null
        )) as unequal
    `.execute(shared.store.db);
  const row = found.rows[0];
  if (row === undefined) return 'nothing found';
  const hosts = vm === 'shelved_offloaded' ? 0 : 1;
  const moves = vm === 'resized' ? 1 : 0;
  const isWhole =
    row.allocations === hosts &&
    row.machines === hosts &&
    row.moves === moves &&
    row.held === moves &&
    row.unequal === 0 &&
    row.ports === row.addresses;
  return isWhole ? undefined : `${vm} with ${JSON.stringify(row)}`;
}

/** Rows that belong to no server when all are gone, by table; empty where there are none. */
export async function whatIsLeft({ shared }: MemoryWorker): Promise<string> {
  const counts = {
    allocations: sql`select count(*)::int as n from allocations`,
    ports: sql`select count(*)::int as n from ports where device_id <> ''`,
    ip_allocations: sql`select count(*)::int as n from ip_allocations`,
    migrations: sql`select count(*)::int as n from migrations where status not in (${sql.join(ENDED)})`,
    fake_machines: sql`select count(*)::int as n from fake_machines`,
    'images without data': sql`select count(*)::int as n from images where status <> 'active'`,
    'images of shelved servers': sql`select count(*)::int as n from images where name like '%-shelved'`,
    leftover_guests: sql`select count(*)::int as n from leftover_guests`,
    outbox: sql`select count(*)::int as n from outbox`,
    'running messages': sql`select count(*)::int as n from consumed_messages where state <> 'done'`,
    'advisory locks': sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`,
  };
  const look = async (): Promise<string> => {
    const left: string[] = [];
    for (const [name, query] of Object.entries(counts)) {
      const { rows } = await query.execute(shared.store.db);
      const n = (rows[0] as { readonly n: number } | undefined)?.n ?? 0;
      if (n > 0) left.push(`${n} ${name}`);
    }
    return left.join(', ');
  };
  // Messages of steps that are out of date end by themselves.
  return until(look, (left) => left === '', { timeoutMs: 10_000 }).catch(look);
}
