import { call, defineContract, type } from '#libs/messaging';
import { IdArgs, ListArgs, ProjectArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import {
  NetworkCreateArgs,
  NetworkDeleteArgs,
  NetworkUpdateArgs,
  PortCreateArgs,
  PortUpdateArgs,
  SubnetCreateArgs,
  SubnetUpdateArgs,
} from './network.args.js';
import type { NetworkData, NetworkQuotaData, PortData, SubnetData } from './network.objects.js';

/**
 * Networks, subnets, ports and their addresses: the state behind the Network API.
 *
 * Filters of the lists are the objects' field names (`router_external`, `binding_host_id`, …) except those that are
 * lists or objects; values are texts: `true`/`false` for booleans, decimals for integers, empty for "not set". Ports
 * also filter by `fixed_ip_address` and `fixed_ip_subnet_id` (any of a port's addresses). Sort keys likewise.
 */
export const networkContract = defineContract({
  topic: 'network',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    network_create: call({ args: NetworkCreateArgs, result: type<VersionedObject<Page<NetworkData>>>() }),
    network_list: call({ args: ListArgs, result: type<VersionedObject<Page<NetworkData>>>(), idempotent: true }),
    network_get: call({ args: IdArgs, result: type<VersionedObject<NetworkData>>(), idempotent: true }),
    network_update: call({ args: NetworkUpdateArgs, result: type<VersionedObject<NetworkData>>() }),
    /** Errors: NetworkNotFound, NetworkInUse while it has ports of servers or users. */
    network_delete: call({ args: NetworkDeleteArgs, result: type<null>() }),
    subnet_create: call({ args: SubnetCreateArgs, result: type<VersionedObject<Page<SubnetData>>>() }),
    subnet_list: call({ args: ListArgs, result: type<VersionedObject<Page<SubnetData>>>(), idempotent: true }),
    subnet_get: call({ args: IdArgs, result: type<VersionedObject<SubnetData>>(), idempotent: true }),
    subnet_update: call({ args: SubnetUpdateArgs, result: type<VersionedObject<SubnetData>>() }),
    subnet_delete: call({ args: NetworkDeleteArgs, result: type<null>() }),
    port_create: call({ args: PortCreateArgs, result: type<VersionedObject<Page<PortData>>>() }),
    port_list: call({ args: ListArgs, result: type<VersionedObject<Page<PortData>>>(), idempotent: true }),
    port_get: call({ args: IdArgs, result: type<VersionedObject<PortData>>(), idempotent: true }),
    port_update: call({ args: PortUpdateArgs, result: type<VersionedObject<PortData>>() }),
    port_delete: call({ args: NetworkDeleteArgs, result: type<null>() }),
    quota_get: call({ args: ProjectArgs, result: type<VersionedObject<NetworkQuotaData>>(), idempotent: true }),
  },
});
export type NetworkContract = typeof networkContract;
