import type { JsonSchema } from '#libs/contracts';
import { QUOTA_VERSIONS } from '../quotas/quota-sets.controller.js';
import type { RouteAnswers } from '../../edge/openapi/document.js';
import { listOf, none, page, shape, text, textOrNull, until, whole } from '../../edge/openapi/schema-parts.js';

const amounts = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(QUOTA_VERSIONS.map(([name, last]) => [name, until(last, schema)]));

/** Until 2.49 classes have the quotas of networks, but not those of server groups. */
const classAmounts = Object.fromEntries(
  QUOTA_VERSIONS.map(([name, last]) => [
    name.startsWith('server_group') ? `${name}?` : name,
    until(last === 35 ? 49 : last, whole),
  ]),
);

const detailed = shape({ limit: whole, in_use: whole, reserved: whole });
const limitNames = [
  'maxServerMeta',
  'maxTotalInstances',
  'maxTotalCores',
  'maxTotalRAMSize',
  'maxTotalKeypairs',
  'maxServerGroups',
  'maxServerGroupMembers',
  'totalInstancesUsed',
  'totalCoresUsed',
  'totalRAMUsed',
  'totalServerGroupsUsed',
];
const networkLimits = [
  'maxTotalFloatingIps',
  'maxSecurityGroups',
  'maxSecurityGroupRules',
  'totalFloatingIpsUsed',
  'totalSecurityGroupsUsed',
];
const named = (names: readonly string[], schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(names.map((name) => [name, schema]));

const number = { type: 'number' };
const serverUsage = shape({
  hours: number,
  flavor: text,
  instance_id: text,
  name: text,
  tenant_id: text,
  memory_mb: whole,
  local_gb: whole,
  vcpus: whole,
  started_at: text,
  ended_at: textOrNull,
  state: text,
  uptime: whole,
});
const usage = {
  tenant_id: text,
  'server_usages?': listOf(serverUsage),
  total_local_gb_usage: number,
  total_vcpus_usage: number,
  total_memory_mb_usage: number,
  total_hours: number,
  start: text,
  stop: text,
};
const auditLog = shape({
  period_beginning: text,
  period_ending: text,
  num_hosts: whole,
  num_hosts_done: whole,
  num_hosts_running: whole,
  num_hosts_not_run: whole,
  hosts_not_run: listOf(text),
  total_instances: whole,
  total_errors: whole,
  overall_status: text,
  log: shape({}),
});

/** Limits, quotas and usage. */
export const accountAnswers: RouteAnswers = {
  'GET /limits': {
    body: shape({
      limits: shape({
        rate: { type: 'array', maxItems: 0 },
        absolute: shape({
          ...named(limitNames, whole),
          ...named(networkLimits, until(35, whole)),
          maxImageMeta: until(38, whole),
          ...named(['maxPersonality', 'maxPersonalitySize'], until(56, whole)),
        }),
      }),
    }),
  },
  'GET /os-quota-sets/{id}': { body: shape({ quota_set: shape({ id: text, ...amounts(whole) }) }) },
  'GET /os-quota-sets/{id}/detail': { body: shape({ quota_set: shape({ id: text, ...amounts(detailed) }) }) },
  'GET /os-quota-sets/{id}/defaults': { body: shape({ quota_set: shape({ id: text, ...amounts(whole) }) }) },
  'PUT /os-quota-sets/{id}': { body: shape({ quota_set: shape(amounts(whole)) }) },
  'DELETE /os-quota-sets/{id}': {},
  'GET /os-quota-class-sets/{id}': { body: shape({ quota_class_set: shape({ id: text, ...classAmounts }) }) },
  'PUT /os-quota-class-sets/{id}': { body: shape({ quota_class_set: shape(classAmounts) }) },
  'GET /os-simple-tenant-usage': { body: shape(page('tenant_usages', shape(usage), 40)) },
  'GET /os-simple-tenant-usage/{id}': {
    body: shape({
      tenant_usage: { anyOf: [shape(usage), shape({})] },
      'tenant_usage_links?': { ...page('tenant_usage', none, 40)['tenant_usage_links?'] },
    }),
  },
  'GET /os-instance_usage_audit_log': { body: shape({ instance_usage_audit_logs: auditLog }) },
  'GET /os-instance_usage_audit_log/{id}': { body: shape({ instance_usage_audit_log: auditLog }) },
};
