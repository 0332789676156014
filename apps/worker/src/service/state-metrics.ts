import { sql } from 'kysely';
import { gauge } from '#libs/telemetry';
import type { Gauge } from '#libs/telemetry';
import type { Store } from '../store/index.js';
import type { PoolCounts } from '../store/store.js';

/** The gauges of the database and the queues; each worker reports the total, so the largest value counts. */
export function stateGauges() {
  const whole = 'max' as const;
  return {
    servers: gauge({
      name: 'albireo_servers',
      help: 'Servers that exist, by vm_state',
      labels: ['vm_state'],
      aggregator: whole,
    }),
    oldestTask: gauge({
      name: 'albireo_server_task_oldest_seconds',
      help: 'How long the server that has waited longest for its task (build, delete, …) has not moved; 0 when none waits',
      aggregator: whole,
    }),
    outbox: gauge({
      name: 'albireo_outbox_messages',
      help: 'Casts that are committed and not yet confirmed by the broker',
      aggregator: whole,
    }),
    outboxAge: gauge({
      name: 'albireo_outbox_oldest_seconds',
      help: 'Age of the oldest cast in the outbox; 0 when it is empty',
      aggregator: whole,
    }),
    queueMessages: gauge({
      name: 'albireo_rpc_queue_messages',
      help: 'Messages that wait in a queue of the workers, looked at every 15 s',
      labels: ['queue'],
      aggregator: whole,
    }),
    queueConsumers: gauge({
      name: 'albireo_rpc_queue_consumers',
      help: 'Consumers of a queue of the workers, looked at every 15 s',
      labels: ['queue'],
      aggregator: whole,
    }),
  };
}

/** The number of connections of this process's pool, read when the metrics are read. */
export function poolGauge(connections: () => PoolCounts | null): Gauge {
  return gauge({
    name: 'albireo_db_connections',
    help: 'Connections of the pool: used, idle; waiting: requests that wait for one',
    labels: ['state'],
    collect: (metric) => {
      const counts = connections();
      if (counts === null) return;
      metric.set({ state: 'used' }, counts.total - counts.idle);
      metric.set({ state: 'idle' }, counts.idle);
      metric.set({ state: 'waiting' }, counts.waiting);
    },
  });
}

/** Reads the current counts from the database. */
export async function countState(store: Store, gauges: ReturnType<typeof stateGauges>): Promise<void> {
  const states = await sql<{ vm_state: string; count: number }>`
    select vm_state, count(*)::int as count from instances where not deleted group by vm_state`.execute(store.db);
  const ages = await sql<{ task: number; outbox: number; waiting: number }>`
    select
      (select coalesce(extract(epoch from business_clock() - min(updated_at)), 0)::float8
        from instances where task_state is not null and not deleted) as task,
      (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 from outbox) as outbox,
      (select count(*)::int from outbox) as waiting`.execute(store.db);
  // A state that no server has any more disappears instead of keeping its last number.
  gauges.servers.reset();
  for (const { vm_state: state, count } of states.rows) gauges.servers.set({ vm_state: state }, count);
  const { task = 0, outbox = 0, waiting = 0 } = ages.rows[0] ?? {};
  gauges.oldestTask.set(Math.max(0, task));
  gauges.outboxAge.set(Math.max(0, outbox));
  gauges.outbox.set(waiting);
}
