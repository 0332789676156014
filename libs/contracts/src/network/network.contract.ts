import { call, defineContract, type } from '#libs/messaging';
import { ProjectArgs } from '../objects/list-args.js';
import { objectType } from '../objects/versioned-object.js';
import type { VersionedObject } from '../objects/versioned-object.js';
import { resourceMethods } from '../resource/resource-methods.js';
import { TagArgs } from './tag.args.js';
import { networkResources } from './resources.js';

/** What a project may have of each resource (-1: no limit), and has. */
export type NetworkQuotaData = Readonly<Record<string, { readonly limit: number; readonly used: number }>>;

export const NetworkQuota = objectType<NetworkQuotaData>('NetworkQuota', '1.1', [
  {
    version: '1.1',
    contract: '1.1',
    backport: (quota) =>
      Object.fromEntries(Object.entries(quota).filter(([name]) => ['network', 'subnet', 'port'].includes(name))),
  },
]);

/**
 * The state behind the Network API. Each resource has `_list`, `_get`, `_create`, `_update` and `_delete`, and a method
 * for each of its actions.
 *
 * Filters of the lists are the objects' field names (`router_external`, `binding_host_id`, …) except those that are
 * lists or objects; values are texts: `true`/`false` for booleans, decimals for integers, empty for "not set". What has
 * tags filters by `tags`, `tags_any`, `not_tags` and `not_tags_any`; ports also by `fixed_ip_address`,
 * `fixed_ip_subnet_id` and `fixed_ip_substring` (any of a port's addresses). Sort keys likewise.
 */
export const networkContract = defineContract({
  topic: 'network',
  namespace: 'albireo',
  version: '1.1',
  methods: {
    ...resourceMethods(networkResources),
    /** Answers the tags as they are then. Errors: TagResourceNotFound, TagNotFound. */
    tag_update: call({ access: 'users', args: TagArgs, result: type<readonly string[]>(), since: '1.1' }),
    quota_get: call({
      access: 'users',
      args: ProjectArgs,
      result: type<VersionedObject<NetworkQuotaData>>(),
      idempotent: true,
    }),
  },
});
export type NetworkContract = typeof networkContract;
