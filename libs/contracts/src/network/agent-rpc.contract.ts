import { IsArray, IsBoolean, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { call, cast, defineContract, type } from '#libs/messaging';

type Named = Readonly<Record<string, unknown>>;

/** An agent's report: under `agent_state`, as neutron's agents send it. */
export class AgentReportArgs {
  @IsObject() readonly agent_state!: Named;
  /** ISO 8601, by the agent's clock. */
  @IsString() @MaxLength(64) readonly time!: string;
}

/** Agents are services without a user; callers need an administrator's context. */
const shared = { access: 'anyone', idempotent: true } as const;

/**
 * neutron.db.agents_db.AgentExtRpcCallback, with neutron's names: agents that are not part of this product report here.
 */
export const agentStateContract = defineContract({
  topic: 'q-reports-plugin',
  version: '1.4',
  methods: {
    /** `new`, `alive`, or `revived` after missing reports. Also a cast. */
    report_state: call({ ...shared, args: AgentReportArgs, result: type<'new' | 'alive' | 'revived'>() }),
    has_alive_neutron_server: call({ ...shared, args: null, result: type<boolean>(), since: '1.2' }),
  },
});

export class HostArgs {
  @IsString() @MaxLength(255) readonly host!: string;
}

export class ActiveNetworksArgs extends HostArgs {
  /** Whether only subnets with DHCP are returned. @default true */
  @IsOptional() @IsBoolean() readonly enable_dhcp_filter?: boolean;
}

export class NetworkInfoArgs extends HostArgs {
  @IsString() @MaxLength(255) readonly network_id!: string;
}

export class CreateDhcpPortArgs extends HostArgs {
  /** `{ port: {…} }` */
  @IsObject() readonly port!: Named;
}

export class UpdateDhcpPortArgs extends CreateDhcpPortArgs {
  @IsString() @MaxLength(255) readonly port_id!: string;
}

export class ReleaseDhcpPortArgs extends NetworkInfoArgs {
  @IsString() @MaxLength(255) readonly device_id!: string;
}

export class DhcpPortArgs {
  @IsString() @MaxLength(255) readonly port_id!: string;
}

export class ReadyPortsArgs {
  @IsArray() @IsString({ each: true }) readonly port_ids!: readonly string[];
}

/** neutron.api.rpc.handlers.dhcp_rpc.DhcpRpcCallback: the calls of DHCP agents. Objects have the API's field names. */
export const dhcpPluginContract = defineContract({
  topic: 'q-plugin',
  version: '1.10',
  methods: {
    get_active_networks_info: call({ ...shared, args: ActiveNetworksArgs, result: type<readonly object[]>() }),
    /** null: it does not exist. */
    get_network_info: call({ ...shared, args: NetworkInfoArgs, result: type<object | null>() }),
    /** null: its network or subnet was deleted. */
    create_dhcp_port: call({ access: 'anyone', args: CreateDhcpPortArgs, result: type<object | null>() }),
    /**
     * null: the port was deleted, or belongs to another agent. Error NetworkNotFound for an agent that does not serve
     * the network.
     */
    update_dhcp_port: call({ ...shared, args: UpdateDhcpPortArgs, result: type<object | null>() }),
    release_dhcp_port: call({ ...shared, args: ReleaseDhcpPortArgs, result: type<null>() }),
    /** Error PortNotFound. */
    get_dhcp_port: call({ ...shared, args: DhcpPortArgs, result: type<object>() }),
    dhcp_ready_on_ports: call({ ...shared, args: ReadyPortsArgs, result: type<null>() }),
  },
});
export type DhcpPluginContract = typeof dhcpPluginContract;

export class AgentNoticeArgs {
  @IsObject() readonly payload!: Named;
}

const notice = cast({ access: 'anyone', args: AgentNoticeArgs });

/**
 * neutron.agent.dhcp.agent.DhcpAgent: notifications to a DHCP agent about the networks that it serves. Only used by a
 * client.
 */
export const dhcpAgentContract = defineContract({
  topic: 'dhcp_agent',
  version: '1.0',
  methods: {
    /** Its admin_state_up was changed. */
    agent_updated: notice,
    network_create_end: notice,
    network_update_end: notice,
    network_delete_end: notice,
    subnet_create_end: notice,
    subnet_update_end: notice,
    subnet_delete_end: notice,
    port_create_end: notice,
    port_update_end: notice,
    port_delete_end: notice,
  },
});
export type DhcpAgentContract = typeof dhcpAgentContract;

export class RouterIdArgs {
  @IsString() @MaxLength(255) readonly router_id!: string;
}

export class RoutersNoticeArgs {
  @IsArray() @IsString({ each: true }) readonly routers!: readonly string[];
}

export class RoutersAddedArgs {
  @IsArray() @IsString({ each: true }) readonly payload!: readonly string[];
}

/** neutron.agent.l3.agent.L3NATAgent: notifications to an L3 agent about its routers. Only used by a client. */
export const l3AgentContract = defineContract({
  topic: 'l3_agent',
  version: '1.1',
  methods: {
    agent_updated: notice,
    routers_updated: cast({ access: 'anyone', args: RoutersNoticeArgs, since: '1.1' }),
    router_deleted: cast({ access: 'anyone', args: RouterIdArgs }),
    router_added_to_agent: cast({ access: 'anyone', args: RoutersAddedArgs }),
    /** `{ router_id }` */
    router_removed_from_agent: notice,
  },
});
export type L3AgentContract = typeof l3AgentContract;

export class SyncRoutersArgs extends HostArgs {
  /** @default all routers of the agent */
  @IsOptional() @IsArray() @IsString({ each: true }) readonly router_ids?: readonly string[] | null;
}

export class FloatingIpStatusesArgs extends RouterIdArgs {
  /** ACTIVE, DOWN or ERROR by the floating IP's id. */
  @IsObject() readonly fip_statuses!: Named;
}

export class PortsBySubnetArgs extends HostArgs {
  @IsString() @MaxLength(255) readonly subnet_id!: string;
}

export class RouterStatesArgs extends HostArgs {
  /** `active` or `standby` by the router's id. */
  @IsObject() readonly states!: Named;
}

export class AgentNetworksArgs {
  /** Values of each attribute. */
  @IsOptional() @IsObject() readonly filters?: Named | null;
  /** @default all */
  @IsOptional() @IsArray() @IsString({ each: true }) readonly fields?: readonly string[] | null;
}

/** neutron.api.rpc.handlers.l3_rpc.L3RpcCallback: the calls of L3 agents. Objects have the API's field names. */
export const l3PluginContract = defineContract({
  topic: 'q-l3-plugin',
  version: '1.13',
  methods: {
    /**
     * The agent's routers that are up, each with `gw_port`, `_interfaces` and `_floatingips`; their ports are bound to
     * the host.
     */
    sync_routers: call({ ...shared, args: SyncRoutersArgs, result: type<readonly object[]>() }),
    /** The agent's routers; routers without an agent are assigned first. */
    get_router_ids: call({ ...shared, args: HostArgs, result: type<readonly string[]>(), since: '1.9' }),
    update_floatingip_statuses: call({ ...shared, args: FloatingIpStatusesArgs, result: type<null>(), since: '1.1' }),
    get_ports_by_subnet: call({ ...shared, args: PortsBySubnetArgs, result: type<readonly object[]>(), since: '1.2' }),
    /** The port of the agent itself on an external network; null: the network or agent does not exist. */
    get_agent_gateway_port: call({ ...shared, args: NetworkInfoArgs, result: type<object | null>(), since: '1.2' }),
    delete_agent_gateway_port: call({ ...shared, args: NetworkInfoArgs, result: type<null>(), since: '1.7' }),
    get_service_plugin_list: call({ ...shared, args: null, result: type<readonly string[]>(), since: '1.3' }),
    /** A cast of agents. */
    update_ha_routers_states: call({ ...shared, args: RouterStatesArgs, result: type<null>(), since: '1.5' }),
    update_all_ha_network_port_statuses: call({ ...shared, args: HostArgs, result: type<null>(), since: '1.10' }),
    get_host_ha_router_count: call({ ...shared, args: HostArgs, result: type<number>(), since: '1.11' }),
    get_networks: call({ ...shared, args: AgentNetworksArgs, result: type<readonly object[]>(), since: '1.12' }),
  },
});
export type L3PluginContract = typeof l3PluginContract;
