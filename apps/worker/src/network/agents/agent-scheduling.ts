import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { DHCP_AGENT, ExpectedError, L3_AGENT } from '#libs/contracts';
import type { Queries } from '../../store/index.js';

/** Whether an agent (`a`) is alive: its last report is younger than what it said is the limit. */
export const isAlive = sql<boolean>`a.heartbeat_timestamp > business_clock() - a.down_time * interval '1 second'`;

/** What of one kind agents have: routers or networks. */
export interface Held {
  readonly agentType: string;
  /** The table of what they have, its alias, and the table that says who has what. */
  readonly table: 'routers' | 'networks';
  readonly bindings: string;
  readonly column: 'router_id' | 'network_id';
  /** Which rows are given to agents by themselves. */
  readonly wanted: RawBuilder<boolean>;
}

export const HELD_ROUTERS: Held = {
  agentType: L3_AGENT,
  table: 'routers',
  bindings: 'router_l3_agent_bindings',
  column: 'router_id',
  wanted: sql<boolean>`true`,
};

/** Networks without addresses to serve are given to nobody. */
export const SERVED_NETWORKS: Held = {
  agentType: DHCP_AGENT,
  table: 'networks',
  bindings: 'network_dhcp_agent_bindings',
  column: 'network_id',
  wanted: sql<boolean>`exists (select 1 from subnets s where s.network_id = o.id and s.enable_dhcp)`,
};

/**
 * Gives an object that no agent has to a living one, in the zones that it asks for. The choice is spread evenly and
 * counts nothing, so that it costs the same with many objects; no agent there: nobody has it until one starts.
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

/** Whether somebody has an object: where there are agents of its kind, one that none has is nowhere. */
export function isHeld({ agentType, bindings, column }: Held, id: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(exists (select 1 from ${sql.table(bindings)} b where b.${sql.ref(column)} = ${id})
    or not exists (select 1 from agents a where a.agent_type = ${agentType}))`;
}

/** What nobody has goes to a new agent of its kind. */
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

/** The zones of the agents that have an object, as its column in lists. */
export function zonesOf({ bindings, column }: Held, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`array(select distinct a.availability_zone from ${sql.table(bindings)} b join agents a on a.id = b.agent_id
    where b.${sql.ref(column)} = ${id} and a.availability_zone is not null order by 1)`;
}
