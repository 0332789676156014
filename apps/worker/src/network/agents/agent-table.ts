import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Agent, DHCP_AGENT, L3_AGENT } from '#libs/contracts';
import type { AgentData, RouterData } from '#libs/contracts';
import { listRows } from '../../listing/list-rows.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Transaction } from '../../store/index.js';
import { HELD_ROUTERS, isAlive } from './agent-scheduling.js';
import type { Held } from './agent-scheduling.js';

function shownTime(column: string): RawBuilder<unknown> {
  return sql`to_char(${sql.ref(`a.${column}`)} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')`;
}

/** How agents (`a`) are read. */
export const agentTable = resourceTable(Agent, {
  alias: 'a',
  columns: {
    alive: isAlive,
    created_at: shownTime('created_at'),
    started_at: shownTime('started_at'),
    heartbeat_timestamp: shownTime('heartbeat_timestamp'),
    configurations: sql`a.configurations || case a.agent_type
      when ${sql.lit(L3_AGENT)} then jsonb_build_object('routers',
        (select count(*) from router_l3_agent_bindings b where b.agent_id = a.id))
      when ${sql.lit(DHCP_AGENT)} then jsonb_build_object('networks',
        (select count(*) from network_dhcp_agent_bindings b where b.agent_id = a.id))
      else '{}'::jsonb end`,
    resources_synced: sql`null::boolean`,
  },
  // Agent types are compared without case, as in neutron's usual database: clients ask for `DHCP Agent`.
  filters: {
    alive: aliveFilter,
    agent_type: (values) => sql<boolean>`lower(a.agent_type) = any(${values.map((one) => one.toLowerCase())}::text[])`,
  },
  sortKeys: {
    alive: isAlive,
    created_at: sql`a.created_at`,
    started_at: sql`a.started_at`,
    heartbeat_timestamp: sql`a.heartbeat_timestamp`,
  },
});

function aliveFilter(values: readonly string[]): RawBuilder<boolean> {
  const wanted = values.map((value) => /^(true|1)$/i.test(value));
  return sql<boolean>`(${isAlive}) = any(${wanted}::boolean[])`;
}

/** The agents that hold an object, for `…/{id}/l3-agents` and `…/{id}/dhcp-agents`. */
export async function agentsOf(
  tx: Transaction,
  { bindings, column }: Held,
  id: string,
): Promise<{ agents: readonly AgentData[] }> {
  const condition = sql<boolean>`exists (select 1 from ${sql.table(bindings)} b
    where b.agent_id = a.id and b.${sql.ref(column)} = ${id})`;
  const { rows } = await listRows<AgentData>(tx, agentTable.list, condition, {});
  return { agents: rows };
}

/** The agents of a router; for an HA router, each with whether it is the active one, otherwise null. */
export async function agentsOfRouter(tx: Transaction, { id, ha }: Pick<RouterData, 'id' | 'ha'>): Promise<object> {
  const { rows: states } = await sql<{ agent_id: string; ha_state: string }>`
    select agent_id, ha_state from router_l3_agent_bindings where router_id = ${id}`.execute(tx);
  const { agents } = await agentsOf(tx, HELD_ROUTERS, id);
  const stateOf = (agent: string): string | null =>
    ha === true ? (states.find((state) => state.agent_id === agent)?.ha_state ?? null) : null;
  return { agents: agents.map((agent) => ({ ...agent, ha_state: stateOf(agent.id) })) };
}
