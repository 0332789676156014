import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, Network, Router, declarationOf, viewOf } from '#libs/contracts';
import type { AgentData, ExpectedErrorCode, NetworkData } from '#libs/contracts';
import { listRows } from '../../listing/list-rows.js';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import type { Transaction } from '../../store/index.js';
import { NetworkManager } from '../networks/network-manager.js';
import type { VisibleRows } from '../network-policy.js';
import { networkTable, visibleNetworks } from '../networks/network-table.js';
import { RouterManager } from '../routers/router-manager.js';
import { routerTable } from '../routers/router-table.js';
import { markShared } from '../sharing/shared-rows.js';
import { HELD_ROUTERS, SERVED_NETWORKS } from './agent-scheduling.js';
import type { Held } from './agent-scheduling.js';
import { agentTable } from './agent-table.js';

/** Error texts for an agent that cannot hold an object, already holds it, or does not hold it. */
interface Texts {
  readonly invalid: (agent: string) => ExpectedError;
  readonly hosted: (id: string, agent: string) => ExpectedError;
  readonly notHosted: (id: string, agent: string) => ExpectedError;
}

const fault = (code: ExpectedErrorCode, text: string): ExpectedError => new ExpectedError(code, text);

const ROUTER_TEXTS: Texts = {
  invalid: (agent) => fault('InvalidL3Agent', `Agent ${agent} is not a L3 Agent or has been disabled`),
  hosted: (id, agent) =>
    fault('RouterHostedByL3Agent', `The router ${id} has been already hosted by the L3 Agent ${agent}.`),
  notHosted: (id, agent) =>
    fault('RouterNotHostedByL3Agent', `The router ${id} is not hosted by the L3 Agent ${agent}.`),
};

const NETWORK_TEXTS: Texts = {
  invalid: (agent) => fault('InvalidDHCPAgent', `Agent ${agent} is not a valid DHCP Agent or has been disabled`),
  hosted: (id, agent) =>
    fault('NetworkHostedByDHCPAgent', `The network ${id} has been already hosted by the DHCP Agent ${agent}.`),
  notHosted: (id, agent) =>
    fault('NetworkNotHostedByDhcpAgent', `The network ${id} is not hosted by the DHCP agent ${agent}.`),
};

const routers = declarationOf(Router);
const networks = declarationOf(Network);

/**
 * Errors besides those of every resource: those of the tables above. An agent that is deleted while alive comes back
 * with its next report.
 */
@Manages(agentTable)
export class AgentManager extends ResourceManager<AgentData> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<AgentData>>> = {
    list_l3_routers: async (tx, { id }, _body, context) => {
      const { policy } = this.shared;
      const mayBeSeen = policy.visible(context, 'get_router', [policy.ownRows(context, 'r')]);
      const condition = sql<boolean>`${mayBeSeen} and ${has(HELD_ROUTERS, sql`r.id`, id)}`;
      const { rows } = await listRows(tx, routerTable.list, condition, {});
      return { routers: rows.map((row) => viewOf(routers, row)) };
    },
    add_l3_router: async (tx, agent, { router_id: id }, context) => {
      requireAble(agent, HELD_ROUTERS, ROUTER_TEXTS);
      const router = await this.shared.managers.get(RouterManager).lockVisible(tx, context, String(id));
      const answer = await this.#add(tx, HELD_ROUTERS, ROUTER_TEXTS, { agent: agent.id, id: router.id });
      await tellFloatingIps(tx, router.id, 'ACTIVE');
      return answer;
    },
    remove_l3_router: async (tx, agent, { router_id: id }) => {
      const answer = await this.#remove(tx, HELD_ROUTERS, ROUTER_TEXTS, { agent: agent.id, id: String(id) });
      await tellFloatingIps(tx, String(id), 'DOWN');
      return answer;
    },
    list_dhcp_networks: async (tx, { id }, _body, context) => {
      const mayBeSeen = visibleNetworks(this.shared.policy, context);
      const condition = sql<boolean>`${mayBeSeen} and ${has(SERVED_NETWORKS, sql`n.id`, id)}`;
      const { rows } = await listRows<NetworkData>(tx, networkTable.list, condition, {});
      const marked = await markShared(tx, context, 'network', rows);
      return { networks: marked.map((row) => viewOf(networks, row)) };
    },
    add_dhcp_network: async (tx, agent, { network_id: id }, context) => {
      requireAble(agent, SERVED_NETWORKS, NETWORK_TEXTS);
      const network = await this.shared.managers.get(NetworkManager).lockVisible(tx, context, String(id));
      return this.#add(tx, SERVED_NETWORKS, NETWORK_TEXTS, { agent: agent.id, id: network.id });
    },
    remove_dhcp_network: (tx, agent, { network_id: id }) =>
      this.#remove(tx, SERVED_NETWORKS, NETWORK_TEXTS, { agent: agent.id, id: String(id) }),
  };

  /** Agents belong to no project: a caller that may see one sees all. */
  protected override visibleRows(): readonly VisibleRows[] {
    return [{ example: {}, condition: sql<boolean>`true` }];
  }

  async #add(tx: Transaction, held: Held, texts: Texts, { agent, id }: { agent: string; id: string }): Promise<object> {
    // A router has one agent, and a second binding to the same agent is no error; several agents may serve the
    // addresses of one network.
    const { rows } = await sql<{ agent_id: string }>`
      select agent_id from ${sql.table(held.bindings)} where ${sql.ref(held.column)} = ${id}`.execute(tx);
    const other = held === HELD_ROUTERS ? rows[0] : rows.find((row) => row.agent_id === agent);
    if (other !== undefined && held === HELD_ROUTERS && other.agent_id === agent) return {};
    if (other !== undefined) throw texts.hosted(id, other.agent_id);
    await sql`
      insert into ${sql.table(held.bindings)} (${sql.ref(held.column)}, agent_id) values (${id}, ${agent})`.execute(tx);
    return {};
  }

  async #remove(
    tx: Transaction,
    { bindings, column }: Held,
    texts: Texts,
    { agent, id }: { agent: string; id: string },
  ): Promise<object> {
    const gone = await sql`
      delete from ${sql.table(bindings)} where ${sql.ref(column)} = ${id} and agent_id = ${agent}`.execute(tx);
    if (gone.numAffectedRows !== 1n) throw texts.notHosted(id, agent);
    return {};
  }
}

/**
 * As an agent reports it when it gets or loses a router (update_floatingip_statuses of
 * neutron.api.rpc.handlers.l3_rpc).
 */
async function tellFloatingIps(tx: Transaction, router: string, status: 'ACTIVE' | 'DOWN'): Promise<void> {
  await sql`
    update floatingips set status = ${status}, revision_number = revision_number + 1, updated_at = business_now()
    where router_id = ${router} and status <> ${status}`.execute(tx);
}

function requireAble(agent: AgentData, { agentType }: Held, texts: Texts): void {
  if (agent.agent_type !== agentType || !agent.admin_state_up) throw texts.invalid(agent.id);
}

function has({ bindings, column }: Held, id: RawBuilder<unknown>, agent: string): RawBuilder<boolean> {
  return sql<boolean>`exists (select 1 from ${sql.table(bindings)} b
    where b.${sql.ref(column)} = ${id} and b.agent_id = ${agent})`;
}
