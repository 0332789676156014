import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN } from './owned-rules.js';
import { dictionary, flag, text, uuid } from './types/plain-types.js';

const PATH = '/agents';

const agent: Extension = {
  alias: 'agent',
  name: 'agent',
  description: 'The agent management extension.',
  updated: '2013-02-03T10:00:00-00:00',
};
const sortKeys: Extension = {
  alias: 'agent_sort_key',
  name: 'Agents Sort Key',
  description: 'Enabling the keyword sort_key for sorting in agents.',
  updated: '2013-02-03T10:00:00-00:00',
};
const resourcesSynced: Extension = {
  alias: 'agent-resources-synced',
  name: "Agent's Resource View Synced to Placement",
  description: 'Stores success/failure of last sync to Placement',
  updated: '2018-12-19T00:00:00-00:00',
};
const routersOfAgents: Extension = {
  alias: 'l3_agent_scheduler',
  name: 'L3 Agent Scheduler',
  description: 'Schedule routers among l3 agents',
  updated: '2013-02-07T10:00:00-00:00',
};
const networksOfAgents: Extension = {
  alias: 'dhcp_agent_scheduler',
  name: 'DHCP Agent Scheduler',
  description: 'Schedule networks among dhcp agents',
  updated: '2013-02-07T10:00:00-00:00',
};

/** The agent types that host routers and that serve the addresses of networks, by neutron's names. */
export const L3_AGENT = 'L3 agent';
export const DHCP_AGENT = 'DHCP agent';

/** A router to be added to an agent, or removed from it. */
export class HeldRouter {
  @Field(text(255), { required: true }) readonly router_id!: string;
}

/** A network to be added to an agent, or removed from it. */
export class ServedNetwork {
  @Field(text(255), { required: true }) readonly network_id!: string;
}

/**
 * neutron-lib: agent, agent_resources_synced, agent_sort_key, dhcpagentscheduler; neutron: l3agentscheduler. Rows are
 * created by reports.
 */
@Resource({
  api: 'network',
  singular: 'agent',
  plural: 'agents',
  notFound: { code: 'AgentNotFound', text: 'Agent %s could not be found.' },
  since: '1.1',
  operations: ['list', 'get', 'update', 'delete'],
  extensions: [agent, sortKeys, routersOfAgents, networksOfAgents],
  actions: {
    list_l3_routers: { method: 'GET', path: 'l3-routers', answer: 'plain', policy: 'get_l3-routers' },
    add_l3_router: {
      method: 'POST',
      path: 'l3-routers',
      body: HeldRouter,
      answer: 'plain',
      policy: 'create_l3-router',
    },
    remove_l3_router: {
      method: 'DELETE',
      path: 'l3-routers',
      member: 'router_id',
      body: HeldRouter,
      answer: 'plain',
      policy: 'delete_l3-router',
    },
    list_dhcp_networks: { method: 'GET', path: 'dhcp-networks', answer: 'plain', policy: 'get_dhcp-networks' },
    add_dhcp_network: {
      method: 'POST',
      path: 'dhcp-networks',
      body: ServedNetwork,
      answer: 'plain',
      policy: 'create_dhcp-network',
    },
    remove_dhcp_network: {
      method: 'DELETE',
      path: 'dhcp-networks',
      member: 'network_id',
      body: ServedNetwork,
      answer: 'plain',
      policy: 'delete_dhcp-network',
    },
  },
  rules: [
    ['get_agent', ADMIN, 'Show and list agents', `GET ${PATH}, GET ${PATH}/{id}`],
    ['update_agent', ADMIN, 'Change an agent', `PUT ${PATH}/{id}`],
    ['delete_agent', ADMIN, 'Forget an agent', `DELETE ${PATH}/{id}`],
    ['get_l3-routers', ADMIN, 'List the routers that an agent holds', `GET ${PATH}/{id}/l3-routers`],
    ['create_l3-router', ADMIN, 'Have an agent hold a router', `POST ${PATH}/{id}/l3-routers`],
    ['delete_l3-router', ADMIN, 'Take a router off an agent', `DELETE ${PATH}/{id}/l3-routers/{router_id}`],
    ['get_dhcp-networks', ADMIN, 'List the networks that an agent serves', `GET ${PATH}/{id}/dhcp-networks`],
    ['create_dhcp-network', ADMIN, 'Have an agent serve a network', `POST ${PATH}/{id}/dhcp-networks`],
    ['delete_dhcp-network', ADMIN, 'Take a network off an agent', `DELETE ${PATH}/{id}/dhcp-networks/{network_id}`],
    ['get_l3-agents', ADMIN, 'List the agents that hold a router', 'GET /routers/{id}/l3-agents'],
    ['get_dhcp-agents', ADMIN, 'List the agents that serve a network', 'GET /networks/{id}/dhcp-agents'],
  ],
})
export class Agent {
  @Field(uuid, { ...readOnly, filter: true, sort: true }) readonly id!: string;
  @Field(text(255), { ...readOnly, filter: true, sort: true }) readonly agent_type!: string;
  @Field(text(255), { ...readOnly, filter: true, sort: true }) readonly binary!: string;
  @Field(text(255), { ...readOnly, filter: true, sort: true }) readonly topic!: string;
  @Field(text(255), { ...readOnly, filter: true, sort: true }) readonly host!: string;
  @Field(orNull(text(255)), { ...readOnly, filter: true, sort: true }) readonly availability_zone!: string | null;
  /** A disabled agent gets nothing new. */
  @Field(flag, { post: false, filter: true, sort: true }) readonly admin_state_up!: boolean;
  /** Whether its last report is younger than `service_down_time`. */
  @Field(flag, { ...readOnly, computed: true, filter: true, sort: true }) readonly alive!: boolean;
  /** `YYYY-MM-DD hh:mm:ss`, UTC, neutron's format for times of agents. */
  @Field(text(32), { ...readOnly, computed: true, sort: true }) readonly created_at!: string;
  @Field(text(32), { ...readOnly, computed: true, sort: true }) readonly started_at!: string;
  @Field(text(32), { ...readOnly, computed: true, sort: true }) readonly heartbeat_timestamp!: string;
  /** Its self-description, and its current load. */
  @Field(dictionary, { ...readOnly, computed: true }) readonly configurations!: Readonly<Record<string, unknown>>;
  @Field(orNull(text(255)), { post: false, filter: true, sort: true }) readonly description!: string | null;
  /** Always null: nothing is reported to Placement. */
  @Field(orNull(flag), { ...readOnly, computed: true, extension: resourcesSynced })
  readonly resources_synced?: boolean | null;
}

export type AgentData = DataOf<Agent>;
export type AgentInput = InputOf<Agent>;

export const agentErrors = {
  AgentNotFound: { status: 404, retryable: false },
  InvalidL3Agent: { status: 404, retryable: false },
  RouterHostedByL3Agent: { status: 409, retryable: false },
  RouterNotHostedByL3Agent: { status: 409, retryable: false },
  InvalidDHCPAgent: { status: 404, retryable: false },
  NetworkHostedByDHCPAgent: { status: 409, retryable: false },
  NetworkNotHostedByDhcpAgent: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
