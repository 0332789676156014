import { anyOf } from '#libs/policy';
import { Field, once, readOnly } from '../resource/field.js';
import { nullAs, orNull } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { portSecurity } from './networks.js';
import { ADMIN_OR_PROJECT_MEMBER, tagRules } from './owned-rules.js';
import { portExtensions } from './port-extensions.js';
import { TaggedAttributes, tagList } from './standard-attributes.js';
import { mac } from './types/address-types.js';
import { dnsDomain, dnsName } from './types/dns-types.js';
import { memberFilter, tagFilter } from './types/filter-readers.js';
import { listOf } from './types/list-types.js';
import { dictionary, flag, nameText, oneOf, text, uuid } from './types/plain-types.js';
import { VNIC_TYPES, dhcpOptions, fixedIpList, hints, macOrNew, pairList } from './types/port-types.js';
import type { AddressPair, DhcpOptionInput, FixedIp, FixedIpInput } from './types/port-types.js';

const ADVANCED = 'rule:context_is_advsvc';
const STATUSES = ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] as const;

/** neutron-lib: port, portbindings, port_security, allowedaddresspairs, ip_substring_port_filtering. */
@Resource({
  api: 'network',
  singular: 'port',
  plural: 'ports',
  notFound: { code: 'PortNotFound', text: 'Port %s could not be found.' },
  quota: true,
  tags: true,
  rules: tagRules('port', '/ports', {
    read: null,
    write: anyOf(ADMIN_OR_PROJECT_MEMBER, ADVANCED),
    remove: anyOf(ADMIN_OR_PROJECT_MEMBER, ADVANCED, 'role:member and rule:network_owner'),
  }),
  extensions: [
    portExtensions.substring,
    portExtensions.groupFilter,
    portExtensions.numaSocket,
    portExtensions.uplinkWritable,
    portExtensions.txSteering,
    portExtensions.noMulticast,
  ],
  changes: [
    {
      version: '1.1',
      contract: '1.1',
      adds: [
        'extra_dhcp_opts',
        'qos_policy_id',
        'qos_network_policy_id',
        'dns_domain',
        'dns_assignment',
        'data_plane_status',
        'device_profile',
        'hardware_offload_type',
        'hints',
        'ip_allocation',
        'numa_affinity_policy',
        'propagate_uplink_status',
        'trunk_details',
        'trusted',
      ],
      takes: ['security_groups', 'dns_name'],
    },
  ],
})
export class Port extends TaggedAttributes {
  @Field(tagList, { ...once, default: [], filter: tagFilter('tags'), extension: portExtensions.bulkTags })
  override readonly tags!: readonly string[];
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly network_id!: string;
  @Field(flag, { default: true, filter: true, sort: true }) readonly admin_state_up!: boolean;
  /** null: a new one is generated, as for a port created without one. */
  @Field(mac, { post: macOrNew, put: macOrNew, filter: true, sort: true, extension: portExtensions.newMac })
  readonly mac_address!: string;
  /** Absent on a create: one address of each IP version for which the network has subnets. Empty: none. */
  @Field(fixedIpList(), {
    computed: true,
    filter: memberFilter({
      ip_address: 'fixed_ip_address',
      subnet_id: 'fixed_ip_subnet_id',
      ip_address_substr: 'fixed_ip_substring',
    }),
  })
  readonly fixed_ips!: readonly FixedIp[];
  @Field(oneOf(STATUSES), { ...readOnly, filter: true, sort: true }) readonly status!: (typeof STATUSES)[number];
  @Field(text(255), { default: '', filter: true, sort: true }) readonly device_id!: string;
  @Field(text(255), { default: '', filter: true, sort: true }) readonly device_owner!: string;
  /** Absent on a create: the network's. */
  @Field(flag, { extension: portSecurity }) readonly port_security_enabled!: boolean;
  @Field(nullAs(pairList, []), { extension: portExtensions.addressPairs })
  readonly allowed_address_pairs!: readonly AddressPair[];
  /** Since 1.1. */
  @Field(orNull(uuid)) readonly qos_policy_id?: string | null;
  /** Its network's policy, which applies if it has none of its own. Since 1.1. */
  @Field(orNull(uuid), { ...readOnly, computed: true, extension: portExtensions.networkPolicyId })
  readonly qos_network_policy_id?: string | null;
  /** An update changes only the options that it names. Since 1.1. */
  @Field(dhcpOptions, { extension: portExtensions.dhcpOptions })
  readonly extra_dhcp_opts?: readonly DhcpOptionInput[] | null;
  /** Absent on a create: the project's default group; a port of a network service has none. */
  @Field(listOf(uuid), { post: nullAs(listOf(uuid), []), put: nullAs(listOf(uuid), []), computed: true, filter: true })
  readonly security_groups!: readonly string[];
  @Field(nullAs(text(255), ''), { name: 'binding:host_id', filter: true, extension: portExtensions.binding })
  readonly binding_host_id!: string;
  @Field(oneOf(VNIC_TYPES), { name: 'binding:vnic_type', default: 'normal' }) readonly binding_vnic_type!: string;
  @Field(nullAs(dictionary, {}), { name: 'binding:profile' })
  readonly binding_profile!: Readonly<Record<string, unknown>>;
  @Field(text(255), { ...readOnly, name: 'binding:vif_type' }) readonly binding_vif_type!: string;
  @Field(dictionary, { ...readOnly, name: 'binding:vif_details' })
  readonly binding_vif_details!: Readonly<Record<string, unknown>>;
  @Field(dnsName, { default: '', extension: portExtensions.dns }) readonly dns_name!: string;
  /** Since 1.1, like all that follow. */
  @Field(dnsDomain, { default: '', extension: portExtensions.dnsDomain }) readonly dns_domain?: string;
  /** The names of its addresses: `dns_name`, or a name generated from the address, in `[DEFAULT] dns_domain`. */
  @Field(listOf(dictionary), { ...readOnly, computed: true })
  readonly dns_assignment?: readonly Readonly<Record<string, unknown>>[];
  /** An administrator's status of the underlying network. */
  @Field(orNull(oneOf(['ACTIVE', 'DOWN'])), { post: false, extension: portExtensions.dataPlane })
  readonly data_plane_status?: string | null;
  @Field(orNull(text(255)), { ...once, default: null, extension: portExtensions.deviceProfile })
  readonly device_profile?: string | null;
  /** An empty value in a request counts as absent. */
  @Field(orNull(oneOf(['switchdev'], (value) => (value === '' ? null : value))), {
    ...once,
    default: null,
    extension: portExtensions.hardwareOffload,
  })
  readonly hardware_offload_type?: string | null;
  @Field(orNull(hints), { default: null, extension: portExtensions.hints })
  readonly hints?: Readonly<Record<string, unknown>> | null;
  /**
   * `none` if it was created without addresses; `deferred`: on a routed network it gets them when it is bound to a
   * host.
   */
  @Field(oneOf(['immediate', 'deferred', 'none']), {
    ...readOnly,
    filter: true,
    sort: true,
    extension: portExtensions.ipAllocation,
  })
  readonly ip_allocation?: string;
  @Field(orNull(oneOf(['required', 'preferred', 'legacy', 'socket'])), {
    default: null,
    extension: portExtensions.numaPolicy,
  })
  readonly numa_affinity_policy?: string | null;
  @Field(flag, { default: true, extension: portExtensions.uplink }) readonly propagate_uplink_status?: boolean;
  /** The trunk of which it is the parent port, with its subports; null: none. */
  @Field(orNull(dictionary), { ...readOnly, computed: true, extension: portExtensions.trunk })
  readonly trunk_details?: Readonly<Record<string, unknown>> | null;
  @Field(orNull(flag), { post: flag, put: flag, extension: portExtensions.trusted })
  readonly trusted?: boolean | null;
}

export type PortData = DataOf<Port>;
export type PortInput = Omit<InputOf<Port>, 'fixed_ips'> & { readonly fixed_ips?: readonly FixedIpInput[] };
