import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { DHCP_AGENT, ExpectedError, L3_AGENT } from '#libs/contracts';
import type { Queries } from '../../store/index.js';

/** Whether an agent (`a`) is alive: its last report is younger than the limit that it reported. */
export const isAlive = sql<boolean>`a.heartbeat_timestamp > business_clock() - a.down_time * interval '1 second'`;

/** One kind of objects that agents hold: routers or networks. */
export interface Held {
  readonly agentType: string;
  /** The table of the objects, its alias, and the table of the bindings to agents. */
  readonly table: 'routers' | 'networks';
  readonly bindings: string;
  readonly column: 'router_id' | 'network_id';
  /** The rows that are scheduled automatically. */
  readonly wanted: RawBuilder<boolean>;
}

export const HELD_ROUTERS: Held = {
  agentType: L3_AGENT,
  table: 'routers',
  bindings: 'router_l3_agent_bindings',
  column: 'router_id',
  wanted: sql<boolean>`true`,
};

/** Networks without a subnet that uses DHCP are not scheduled. */
export const SERVED_NETWORKS: Held = {
  agentType: DHCP_AGENT,
  table: 'networks',
  bindings: 'network_dhcp_agent_bindings',
  column: 'network_id',
  wanted: sql<boolean>`exists (select 1 from subnets s where s.network_id = o.id and s.enable_dhcp)`,
};

/**
 * Binds objects without an agent to an agent that is alive, in the zones that the object names. The choice is spread
 * evenly and counts nothing, so its cost does not grow with the number of objects. Without such an agent, the object
 * stays unbound until one starts.
 */
export async function schedule(db: Queries, held: Held, id?: string): Promise<void> {
  const bindings = sql.table(held.bindings);
  const column = sql.ref(held.column);
  const own = id === undefined ? sql`true` : sql`o.id = ${id}`;
  await sql`
    insert into ${bindings} (${column}, agent_id)
    select o.id, chosen.id
    from ${sql.table(held.table)} o cross join lateral (
      select a.id from agents a
      where a.agent_type = ${held.agentType} and a.admin_state_up and ${isAlive}
        and (o.availability_zone_hints = '[]'::jsonb or o.availability_zone_hints ? a.availability_zone)
      order by md5(a.id || o.id) limit 1
      for key share of a) chosen
    where ${own} and ${held.wanted} and not exists (select 1 from ${bindings} b where b.${column} = o.id)
    on conflict do nothing`.execute(db);
}

/** Whether an object has an agent. If no agent of the kind exists, every object counts as held. */
export function isHeld({ agentType, bindings, column }: Held, id: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(exists (select 1 from ${sql.table(bindings)} b where b.${sql.ref(column)} = ${id})
    or not exists (select 1 from agents a where a.agent_type = ${agentType}))`;
}

/** Binds objects without an agent to a new agent of their kind. */
export async function scheduleLeftOver(db: Queries, agentType: string): Promise<void> {
  const held = [HELD_ROUTERS, SERVED_NETWORKS].find((each) => each.agentType === agentType);
  if (held !== undefined) await schedule(db, held);
}

/** Error AvailabilityZoneNotFound for a zone without agents of the kind. */
export async function requireZones(db: Queries, held: Held, zones: readonly string[]): Promise<void> {
  if (zones.length === 0) return;
  const { rows } = await sql<{ zone: string }>`
    select distinct availability_zone as zone from agents
    where agent_type = ${held.agentType} and availability_zone = any(${[...zones]}::text[])`.execute(db);
  const missing = zones.find((zone) => !rows.some((row) => row.zone === zone));
  if (missing === undefined) return;
  throw new ExpectedError('AvailabilityZoneNotFound', `AvailabilityZone ${missing} could not be found.`);
}

/** The zones of the agents that hold an object, as its column in lists. */
export function zonesOf({ bindings, column }: Held, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`array(select distinct a.availability_zone from ${sql.table(bindings)} b join agents a on a.id = b.agent_id
    where b.${sql.ref(column)} = ${id} and a.availability_zone is not null order by 1)`;
}
