import { sql } from 'kysely';
import { ExpectedError, L3_AGENT, Network, Port, declarationOf, l3PluginContract } from '#libs/contracts';
import type {
  AgentNetworksArgs,
  FloatingIpStatusesArgs,
  HostArgs,
  L3PluginContract,
  NetworkInfoArgs,
  PortData,
  PortsBySubnetArgs,
  RouterStatesArgs,
  SyncRoutersArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { neutronForm } from '../../notifications/resource-notices.js';
import { ResourceManagers } from '../../resources/resource-managers.js';
import { Store, violatedUnique } from '../../store/index.js';
import { invalidInput } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { PortManager } from '../ports/port-manager.js';
import { ROUTER_GATEWAY, ROUTER_INTERFACES } from '../ports/port-owners.js';
import { agentCaller } from './agent-caller.js';
import { scheduleLeftOver } from './agent-scheduling.js';
import { portsToSync, routersToSync } from './l3-routers.js';

type Result<K extends MethodName<L3PluginContract>> = Promise<ResultOf<L3PluginContract, K>>;

const ports = declarationOf(Port);
const networks = declarationOf(Network);

/** The port of an L3 agent itself on an external network. */
const AGENT_GATEWAY = 'network:floatingip_agent_gateway';
const HA_INTERFACE = 'network:router_ha_interface';

const STATUSES = ['ACTIVE', 'DOWN', 'ERROR'];
const HA_STATES = ['active', 'standby'];

/** neutron's names of the plugins whose extensions the Network API announces (their `get_plugin_type`). */
const PLUGINS = [
  'CORE',
  'L3_ROUTER_NAT',
  'CONNTRACKHELPER',
  'FLAVORS',
  'FLOATINGIPPOOL',
  'LOCAL_IP',
  'LOGGING',
  'METERING',
  'NDPPROXY',
  'PORTFORWARDING',
  'QOS',
  'TAG',
  'auto-allocated-topology',
  'network-ip-availability',
  'revision_plugin',
  'segments',
  'timestamp',
  'trunk',
];

/** The RPC methods that neutron's L3 agents call. */
@RpcEndpoint(l3PluginContract)
export class L3PluginEndpoint {
  constructor(
    private readonly store: Store,
    private readonly managers: ResourceManagers,
  ) {}

  @RpcMethod('sync_routers')
  async sync(context: RequestContext, { host, router_ids: asked }: SyncRoutersArgs): Result<'sync_routers'> {
    const caller = agentCaller(context);
    const held = await this.#routersOf(host);
    // An empty list means all, as in neutron.
    const ids = (asked ?? []).length === 0 ? held : held.filter((id) => asked?.includes(id));
    if (ids.length === 0) return [];
    await this.#bindPorts(caller, host, ids);
    return routersToSync({ store: this.store, managers: this.managers, caller }, ids, host);
  }

  @RpcMethod('get_router_ids')
  async routerIds(context: RequestContext, { host }: HostArgs): Result<'get_router_ids'> {
    agentCaller(context);
    await scheduleLeftOver(this.store.db, L3_AGENT);
    return this.#routersOf(host);
  }

  @RpcMethod('update_floatingip_statuses')
  async floatingIpStatuses(
    context: RequestContext,
    { router_id: router, fip_statuses: statuses }: FloatingIpStatusesArgs,
  ): Result<'update_floatingip_statuses'> {
    agentCaller(context);
    const told = entriesOf(statuses, STATUSES, 'status of a floating IP');
    // Skips floating IPs that were moved to another router meanwhile: they are no longer the agent's.
    await sql`
      update floatingips f set status = told.status, revision_number = f.revision_number + 1,
        updated_at = business_now()
      from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as told (id text, status text)
      where f.id = told.id and f.status <> told.status and f.router_id = ${router}`.execute(this.store.db);
    return null;
  }

  /** The ports that are bound to a host. */
  @RpcMethod('get_ports_by_subnet')
  async portsBySubnet(context: RequestContext, { subnet_id: id }: PortsBySubnetArgs): Result<'get_ports_by_subnet'> {
    const filters = { fixed_ip_subnet_id: [id] };
    const { objects } = await this.#ports.list(agentCaller(context), { filters });
    const bound = objects.filter(({ binding_host_id: where }) => where !== '');
    return bound.map((port) => neutronForm(ports, port));
  }

  @RpcMethod('get_agent_gateway_port')
  async gatewayPort(
    context: RequestContext,
    { host, network_id: networkId }: NetworkInfoArgs,
  ): Result<'get_agent_gateway_port'> {
    const caller = agentCaller(context);
    const agent = await this.#agentOn(host);
    const network = await this.managers.get(NetworkManager).find(this.store.db, networkId);
    if (agent === undefined || network === undefined) return null;
    const port =
      (await this.#gatewayOf(caller, agent, networkId)) ??
      (await this.#makeGateway(caller, agent, host, networkId)) ??
      (await this.#gatewayOf(caller, agent, networkId));
    if (port === undefined) return null;
    const asker = { store: this.store, managers: this.managers, caller };
    return (await portsToSync(asker, [port]))[0] ?? null;
  }

  @RpcMethod('delete_agent_gateway_port')
  async deleteGatewayPort(
    context: RequestContext,
    { host, network_id: networkId }: NetworkInfoArgs,
  ): Result<'delete_agent_gateway_port'> {
    const caller = agentCaller(context);
    const agent = await this.#agentOn(host);
    const port = agent === undefined ? undefined : await this.#gatewayOf(caller, agent, networkId);
    if (port === undefined) return null;
    await unlessGone(this.#ports.delete(caller, { id: port.id }));
    return null;
  }

  @RpcMethod('get_service_plugin_list')
  plugins(context: RequestContext): Result<'get_service_plugin_list'> {
    agentCaller(context);
    return Promise.resolve(PLUGINS);
  }

  @RpcMethod('update_ha_routers_states')
  async haStates(context: RequestContext, { host, states }: RouterStatesArgs): Result<'update_ha_routers_states'> {
    agentCaller(context);
    const told = entriesOf(states, HA_STATES, 'state of a router');
    await sql`
      update router_l3_agent_bindings b set ha_state = told.status
      from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as told (id text, status text), agents a
      where b.router_id = told.id and a.id = b.agent_id and a.host = ${host}`.execute(this.store.db);
    return null;
  }

  /** Until another report says that they are plugged in. */
  @RpcMethod('update_all_ha_network_port_statuses')
  async haPortsDown(context: RequestContext, { host }: HostArgs): Result<'update_all_ha_network_port_statuses'> {
    agentCaller(context);
    await sql`
      update ports set status = 'DOWN', revision_number = revision_number + 1, updated_at = business_now()
      where device_owner = ${HA_INTERFACE} and status = 'ACTIVE' and binding_host_id = ${host}`.execute(this.store.db);
    return null;
  }

  @RpcMethod('get_host_ha_router_count')
  async haRouters(context: RequestContext, { host }: HostArgs): Result<'get_host_ha_router_count'> {
    agentCaller(context);
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from routers
      where id = any(${[...(await this.#routersOf(host))]}::text[]) and ha and admin_state_up`.execute(this.store.db);
    return rows[0]?.count ?? 0;
  }

  @RpcMethod('get_networks')
  async networks(context: RequestContext, { filters, fields }: AgentNetworksArgs): Result<'get_networks'> {
    const wanted = Object.entries(filters ?? {}).map(([name, values]) => [
      networks.byName.get(name)?.field ?? name,
      (Array.isArray(values) ? values : [values]).map(String),
    ]);
    const manager = this.managers.get(NetworkManager);
    const { objects } = await manager.list(agentCaller(context), { filters: Object.fromEntries(wanted) });
    const told = objects.map((network) => neutronForm(networks, network));
    if (fields === undefined || fields === null) return told;
    return told.map((network) => Object.fromEntries(fields.map((name) => [name, network[name] ?? null])));
  }

  get #ports(): PortManager {
    return this.managers.get(PortManager);
  }

  async #agentOn(host: string): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      select id from agents where agent_type = ${L3_AGENT} and host = ${host}`.execute(this.store.db);
    return rows[0]?.id;
  }

  /** No routers for an agent that is administratively down. */
  async #routersOf(host: string): Promise<readonly string[]> {
    const { rows } = await sql<{ router_id: string }>`
      select b.router_id from router_l3_agent_bindings b join agents a on a.id = b.agent_id
      where a.agent_type = ${L3_AGENT} and a.host = ${host} and a.admin_state_up order by 1`.execute(this.store.db);
    return rows.map(({ router_id: id }) => id);
  }

  /** Binds a router's ports to the host of its agent. */
  async #bindPorts(caller: RequestContext, host: string, routers: readonly string[]): Promise<void> {
    const { rows } = await sql<{ id: string }>`
      select id from ports
      where device_id = any(${[...routers]}::text[]) and binding_host_id <> ${host}
        and device_owner = any(${[ROUTER_GATEWAY, ...ROUTER_INTERFACES]}::text[])
      order by id`.execute(this.store.db);
    for (const { id } of rows) await unlessGone(this.#ports.update(caller, { id }, { binding_host_id: host }));
  }

  async #gatewayOf(caller: RequestContext, agent: string, networkId: string): Promise<PortData | undefined> {
    const filters = { network_id: [networkId], device_owner: [AGENT_GATEWAY], device_id: [agent] };
    return (await this.#ports.list(caller, { filters })).objects[0];
  }

  /** Undefined: another call has created it. */
  async #makeGateway(
    caller: RequestContext,
    agent: string,
    host: string,
    networkId: string,
  ): Promise<PortData | undefined> {
    const port = { network_id: networkId, device_id: agent, device_owner: AGENT_GATEWAY, binding_host_id: host };
    try {
      return (await this.#ports.create(caller, [{ ...port, project_id: '' }]))[0];
    } catch (error) {
      if (violatedUnique(error) === 'ports_agent_gateway') return undefined;
      throw error;
    }
  }
}

/** Error InvalidInput for an unknown value. */
function entriesOf(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  what: string,
): readonly { readonly id: string; readonly status: string }[] {
  return Object.entries(given).map(([id, status]) => {
    if (typeof status === 'string' && known.includes(status)) return { id, status };
    throw invalidInput(`A ${what} is one of ${known.join(', ')}`);
  });
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.code !== 'PortNotFound') throw error;
  }
}
