import { Agent, Trunk, declarationOf } from '#libs/contracts';
import type { JsonSchema } from '#libs/contracts';
import type { RouteAnswer, RouteAnswers } from '../../edge/openapi/document.js';
import { reference } from '../../edge/openapi/parts.js';
import { anything, links, listOf, resourceShape, shape, text, textOrNull } from '../../edge/openapi/schema-parts.js';
import { TOPOLOGY } from '../auto-topology/auto-allocated-topology.controller.js';
import type { ListedExtension } from '../extensions/extensions.js';
import { quotaBody, quotaForms, quotaSchema } from '../quotas/quota-form.js';

const extension = shape({
  alias: text,
  name: text,
  description: text,
  updated: text,
  links: { type: 'array', maxItems: 0 },
} satisfies Readonly<Record<keyof ListedExtension, JsonSchema>>);

const project = { project_id: text, tenant_id: text };
const limits: RouteAnswer = { body: shape({ quota: shape(quotaSchema(quotaForms.limits)) }) };
/** Only the project's own limits. */
const ownLimits = Object.entries(quotaSchema(quotaForms.limits)).map(([name, schema]) => [`${name}?`, schema]);

const agents = (agent: JsonSchema): RouteAnswer => ({ body: shape({ agents: listOf(agent) }) });
const interfaceAnswer: RouteAnswer = {
  body: shape({
    id: text,
    network_id: text,
    port_id: text,
    subnet_id: text,
    subnet_ids: listOf(text),
    ...project,
    tags: listOf(text),
  }),
};
const prefixes: RouteAnswer = { body: shape({ prefixes: listOf(text) }) };
const trunk: RouteAnswer = { body: reference('Trunk') };
const subports = declarationOf(Trunk).byField.get('sub_ports')?.type.schema ?? {};
const nothing: RouteAnswer = { body: shape({}) };

/** Responses of actions other than those that return their resource. */
const actionAnswers: RouteAnswers = {
  'GET /networks/{id}/dhcp-agents': agents(reference('Agent')),
  'GET /routers/{id}/l3-agents': agents(resourceShape(Agent, '', { ha_state: textOrNull })),
  'PUT /routers/{id}/add_router_interface': interfaceAnswer,
  'PUT /routers/{id}/remove_router_interface': interfaceAnswer,
  'PUT /subnetpools/{id}/add_prefixes': prefixes,
  'PUT /subnetpools/{id}/remove_prefixes': prefixes,
  'PUT /subnetpools/{id}/onboard_network_subnets': {
    body: shape({ subnets: listOf(shape({ id: text, cidr: text })) }),
  },
  'PUT /trunks/{id}/add_subports': trunk,
  'PUT /trunks/{id}/remove_subports': trunk,
  'GET /trunks/{id}/get_subports': { body: shape({ sub_ports: subports }) },
  'GET /agents/{id}/l3-routers': { body: shape({ routers: listOf(reference('Router')) }) },
  'POST /agents/{id}/l3-routers': nothing,
  'GET /agents/{id}/dhcp-networks': { body: shape({ networks: listOf(reference('Network')) }) },
  'POST /agents/{id}/dhcp-networks': nothing,
  'POST /flavors/{id}/service_profiles': { body: shape({ service_profile: shape({ id: text }) }) },
  'GET /flavors/{id}/next_providers': {
    body: shape({ next_providers: listOf(shape({ driver: text, provider: text })) }),
  },
};

/** Responses of routes that return no declared resource. */
export const answers: RouteAnswers = {
  ...actionAnswers,
  'GET /': { body: shape({ resources: listOf(shape({ name: text, collection: text, links })) }) },
  'GET /extensions': { body: shape({ extensions: listOf(extension) }) },
  'GET /extensions/{id}': { body: shape({ extension }) },
  'GET /quotas': { body: shape({ quotas: listOf(shape({ ...Object.fromEntries(ownLimits), ...project })) }) },
  'GET /quotas/tenant': { body: shape({ tenant: shape(project) }) },
  'GET /quotas/project': { body: shape({ project: shape(project) }) },
  'GET /quotas/{id}': limits,
  'GET /quotas/{id}/default': limits,
  'GET /quotas/{id}/details': { body: shape({ quota: shape(quotaSchema(quotaForms.details)) }) },
  'PUT /quotas/{id}': { ...limits, takes: quotaBody },
  'DELETE /quotas/{id}': {},
  'GET /auto-allocated-topology/{id}': { body: shape({ auto_allocated_topology: TOPOLOGY }), query: ['fields'] },
  'DELETE /auto-allocated-topology/{id}': {},
  'GET /qos/rule-types': {
    body: shape({ rule_types: listOf(shape({ type: text })) }),
    query: ['all_rules', 'all_supported'],
  },
  'GET /qos/rule-types/{id}': { body: shape({ rule_type: shape({ type: text, drivers: listOf(anything) }) }) },
};
