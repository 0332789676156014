import { anyOf } from '#libs/policy';
import { Field, readOnly } from '../resource/field.js';
import { dictionary, oneOfNumbers, text, uuid, whole } from './types/plain-types.js';
import { listOf } from './types/list-types.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN } from './owned-rules.js';

const PATH = '/network-ip-availabilities';

const size: FieldType<number | bigint> = whole(0, Number.MAX_VALUE);

/**
 * neutron-lib: network_ip_availability, network_ip_availability_details. The number of available and used addresses of
 * a network; its id is the network's.
 */
@Resource({
  api: 'network',
  singular: 'network_ip_availability',
  plural: 'network_ip_availabilities',
  notFound: { code: 'NetworkNotFound', text: 'Network %s could not be found.' },
  since: '1.1',
  operations: ['list', 'get'],
  extensions: [
    {
      alias: 'network-ip-availability',
      name: 'Network IP Availability',
      description: 'Provides IP availability data for each network and subnet.',
      updated: '2015-09-24T00:00:00-00:00',
    },
    {
      alias: 'network-ip-availability-details',
      name: 'Network IP Availability Details Extension',
      description: 'Add ip_availability_details attribute to network-ip-availabilities resource.',
      updated: '2025-10-31T00:00:00-00:00',
    },
  ],
  rules: [
    [
      'get_network_ip_availability',
      anyOf(ADMIN, 'rule:service_api'),
      'Show and list what addresses networks have and use',
      `GET ${PATH}, GET ${PATH}/{network_id}`,
    ],
  ],
})
export class NetworkIpAvailability {
  @Field(uuid, { ...readOnly, visible: false }) readonly id!: string;
  @Field(uuid, { ...readOnly, computed: true, filter: true, sort: true }) readonly network_id!: string;
  @Field(text(255), { ...readOnly, computed: true, filter: true }) readonly network_name!: string;
  @Field(text(255), { ...readOnly, alias: 'tenant_id', filter: true }) readonly project_id!: string;
  /** Only a filter: the numbers for subnets of one version. */
  @Field(oneOfNumbers([4, 6]), { ...readOnly, computed: true, visible: false, filter: true })
  readonly ip_version?: number;
  /** Of the allocation pools of all subnets; a bigint beyond 2^53. */
  @Field(size, { ...readOnly, computed: true }) readonly total_ips!: number | bigint;
  @Field(whole(0, Number.MAX_SAFE_INTEGER), { ...readOnly, computed: true }) readonly used_ips!: number;
  @Field(listOf(dictionary), { ...readOnly, computed: true })
  readonly subnet_ip_availability!: readonly Readonly<Record<string, unknown>>[];
  /** All addresses that hosts may use, those of the allocation pools, and how many of each are used. */
  @Field(dictionary, { ...readOnly, computed: true })
  readonly ip_availability_details?: Readonly<Record<string, unknown>>;
}

export type NetworkIpAvailabilityData = DataOf<NetworkIpAvailability>;
