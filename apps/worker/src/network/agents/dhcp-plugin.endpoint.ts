import { sql } from 'kysely';
import { ExpectedError, Port, Subnet, declarationOf, dhcpPluginContract, isRecord } from '#libs/contracts';
import type {
  ActiveNetworksArgs,
  CreateDhcpPortArgs,
  DhcpPluginContract,
  DhcpPortArgs,
  NetworkData,
  NetworkInfoArgs,
  PortData,
  PortInput,
  ReadyPortsArgs,
  ReleaseDhcpPortArgs,
  SubnetData,
  UpdateDhcpPortArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { neutronForm } from '../../notifications/resource-notices.js';
import { ResourceManagers } from '../../resources/resource-managers.js';
import { Store } from '../../store/index.js';
import { networkNotFound } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { PortManager } from '../ports/port-manager.js';
import { SubnetManager } from '../subnets/subnet-manager.js';
import { agentCaller } from './agent-caller.js';

type Result<K extends MethodName<DhcpPluginContract>> = Promise<ResultOf<DhcpPluginContract, K>>;

const ports = declarationOf(Port);
const subnets = declarationOf(Subnet);

/** The `device_id` of a port that an agent left for the next one (neutron-lib's DEVICE_ID_RESERVED_DHCP_PORT). */
const RESERVED = 'reserved_dhcp_port';

/** Errors for deleted objects; they are not the agent's fault. */
const GONE: readonly string[] = ['NetworkNotFound', 'SubnetNotFound', 'InvalidInput', 'PortNotFound'];

/** The RPC methods that neutron's DHCP agents call. */
@RpcEndpoint(dhcpPluginContract)
export class DhcpPluginEndpoint {
  constructor(
    private readonly store: Store,
    private readonly managers: ResourceManagers,
  ) {}

  @RpcMethod('get_active_networks_info')
  async activeNetworks(
    context: RequestContext,
    { host, enable_dhcp_filter: onlyDhcp = true }: ActiveNetworksArgs,
  ): Result<'get_active_networks_info'> {
    const caller = agentCaller(context);
    const { rows } = await sql<{ id: string }>`
      select n.id from networks n
      join network_dhcp_agent_bindings b on b.network_id = n.id
      join agents a on a.id = b.agent_id
      where n.admin_state_up and a.host = ${host} and a.agent_type = 'DHCP agent' and a.admin_state_up
      order by n.id`.execute(this.store.db);
    const infos: object[] = [];
    for (const { id } of rows) {
      const info = await this.#info(caller, id, onlyDhcp);
      if (info !== null) infos.push(info);
    }
    return infos;
  }

  @RpcMethod('get_network_info')
  network(context: RequestContext, { network_id: id }: NetworkInfoArgs): Result<'get_network_info'> {
    return this.#info(agentCaller(context), id, true);
  }

  @RpcMethod('create_dhcp_port')
  create(context: RequestContext, { host, port }: CreateDhcpPortArgs): Result<'create_dhcp_port'> {
    const caller = agentCaller(context);
    return unlessGone(async () => {
      const given = { ...inputOf(port), device_owner: 'network:dhcp', binding_host_id: host };
      const [made] = await this.#ports.create(caller, [given]);
      return made;
    });
  }

  @RpcMethod('update_dhcp_port')
  async update(context: RequestContext, { host, port_id: id, port }: UpdateDhcpPortArgs): Result<'update_dhcp_port'> {
    const caller = agentCaller(context);
    const { network_id: _network, project_id: _owner, ...input } = inputOf(port);
    const before = await this.#ports.find(this.store.db, id);
    if (before === undefined) return null;
    const { network_id: networkId, device_id: device } = before;
    // The device of another agent has another name; neutron-lib builds it from host and network.
    if (device !== RESERVED && !device.endsWith(`-${networkId}`)) return null;
    if (!(await this.#serves(host, networkId))) throw networkNotFound(networkId);
    return unlessGone(() => this.#ports.update(caller, { id }, { ...input, binding_host_id: host }));
  }

  @RpcMethod('release_dhcp_port')
  async release(
    context: RequestContext,
    { network_id: networkId, device_id: device }: ReleaseDhcpPortArgs,
  ): Result<'release_dhcp_port'> {
    const caller = agentCaller(context);
    const filters = { network_id: [networkId], device_id: [device] };
    const { objects } = await this.#ports.list(caller, { filters });
    for (const { id } of objects) await unlessGone(() => this.#ports.delete(caller, { id }).then(() => undefined));
    return null;
  }

  @RpcMethod('get_dhcp_port')
  async get(context: RequestContext, { port_id: id }: DhcpPortArgs): Result<'get_dhcp_port'> {
    return neutronForm(ports, await this.#ports.get(agentCaller(context), id));
  }

  /** Only the driver sets a port ACTIVE. */
  @RpcMethod('dhcp_ready_on_ports')
  ready(context: RequestContext, _args: ReadyPortsArgs): Result<'dhcp_ready_on_ports'> {
    agentCaller(context);
    return Promise.resolve(null);
  }

  get #ports(): PortManager {
    return this.managers.get(PortManager);
  }

  async #info(caller: RequestContext, id: string, onlyDhcp: boolean): Promise<object | null> {
    const network: NetworkData | undefined = await this.managers.get(NetworkManager).find(this.store.db, id);
    if (network === undefined) return null;
    const filters = { network_id: [id] };
    const [found, on] = [
      await this.managers.get(SubnetManager).list(caller, { filters }),
      await this.#ports.list(caller, { filters }),
    ];
    const told = found.objects.filter((subnet: SubnetData) => !onlyDhcp || subnet.enable_dhcp);
    return {
      id,
      project_id: network.project_id,
      tenant_id: network.project_id,
      admin_state_up: network.admin_state_up,
      mtu: network.mtu,
      subnets: told.map((subnet) => neutronForm(subnets, subnet)),
      non_local_subnets: [],
      ports: on.objects.map((port) => neutronForm(ports, port)),
    };
  }

  async #serves(host: string, networkId: string): Promise<boolean> {
    const found = await sql`
      select 1 from network_dhcp_agent_bindings b join agents a on a.id = b.agent_id
      where b.network_id = ${networkId} and a.host = ${host} and a.agent_type = 'DHCP agent'`.execute(this.store.db);
    return found.rows.length > 0;
  }
}

/** `{ port: {…} }` with the field names of the API, limited to the fields that an agent may set. */
function inputOf(wrapped: Readonly<Record<string, unknown>>): PortInput {
  const body = wrapped['port'];
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(isRecord(body) ? body : {})) {
    const field = ports.byName.get(name);
    if (field?.post !== undefined) input[field.field] = field.post.convert?.(value) ?? value;
  }
  // The manager checks the values.
  return input;
}

async function unlessGone(work: () => Promise<PortData | undefined>): Promise<object | null> {
  try {
    const port = await work();
    return port === undefined ? null : neutronForm(ports, port);
  } catch (error) {
    if (error instanceof ExpectedError && GONE.includes(error.code)) return null;
    throw error;
  }
}
