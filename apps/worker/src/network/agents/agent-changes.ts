import { sql } from 'kysely';
import type { Queries } from '../../store/index.js';

export type ToldKind = 'network' | 'subnet' | 'port' | 'router' | 'agent';

/** What an agent is to be told: all that happened to one object since it was told last. */
export interface AgentChange {
  /** Of what was noted (`agent_changes`). */
  readonly ids: readonly string[];
  readonly host: string;
  readonly kind: ToldKind;
  readonly object_id: string;
  /** Of what belongs to a network. */
  readonly network_id: string | null;
  readonly operation: 'create' | 'update' | 'delete';
  /** Whether the agent is to work; one that is not is told only that. */
  readonly enabled: boolean;
}

/** How often something that cannot be told is tried. */
const ATTEMPTS = 5;

/** Changes that are told in one turn, and for how long (s) other workers leave them alone. */
const TURN = { changes: 500, seconds: 30 };

/** Whether any agent is to be told anything: one look, where there are no agents of others. */
export async function hasChanges(db: Queries): Promise<boolean> {
  const { rows } = await sql`select 1 from agent_changes limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * What the agents of a topic are to be told, oldest first, networks before what is on them; nothing while another
 * worker tells. A turn with changes lasts until `endTurn`. What is for agents that are gone, or silent for long, is forgotten: they ask for everything.
 */
export async function takeChanges(db: Queries, topic: string, reader: string): Promise<readonly AgentChange[]> {
  const held = await sql`
    insert into agent_change_readers (topic, reader, held_until)
    values (${topic}, ${reader}, clock_timestamp() + ${TURN.seconds} * interval '1 second')
    on conflict (topic) do update set reader = excluded.reader, held_until = excluded.held_until
      where agent_change_readers.held_until < clock_timestamp() or agent_change_readers.reader = ${reader}
    returning topic`.execute(db);
  if (held.rows.length === 0) return [];
  await sql`
    delete from agent_changes c where not exists (
      select 1 from agents a where a.id = c.agent_id
        and a.heartbeat_timestamp > business_clock() - 2 * a.down_time * interval '1 second')`.execute(db);
  const { rows } = await sql<AgentChange>`
    with first as (
      select c.*, a.host, a.admin_state_up from agent_changes c join agents a on a.id = c.agent_id
      where a.topic = ${topic} order by c.id limit ${TURN.changes}
    )
    select array_agg(id::text order by id) as ids, host, kind, object_id, max(network_id) as network_id,
      bool_and(admin_state_up) as enabled,
      case when (array_agg(operation order by id desc))[1] = 'delete' then 'delete'
        when bool_or(operation = 'create') then 'create' else 'update' end as operation
    from first
    group by agent_id, host, kind, object_id
    order by array_position(array['agent', 'network', 'subnet', 'port', 'router'], kind), min(id)`.execute(db);
  if (rows.length === 0) await endTurn(db, topic, reader);
  return rows;
}

/** What was told is over. */
export async function forgetChanges(db: Queries, ids: readonly string[]): Promise<void> {
  await sql`delete from agent_changes where id = any(${[...ids]}::bigint[])`.execute(db);
}

/** What could not be told is tried again, some times. */
export async function postponeChanges(db: Queries, ids: readonly string[]): Promise<void> {
  await sql`update agent_changes set failures = failures + 1 where id = any(${[...ids]}::bigint[])`.execute(db);
  await sql`
    delete from agent_changes where id = any(${[...ids]}::bigint[]) and failures >= ${ATTEMPTS}`.execute(db);
}

/** Lets other workers tell. */
export async function endTurn(db: Queries, topic: string, reader: string): Promise<void> {
  await sql`
    update agent_change_readers set held_until = '-infinity' where topic = ${topic} and reader = ${reader}`.execute(db);
}
