import { anyOf } from '#libs/policy';
import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { isRecord, nullAs, orNull, shownValue } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { portSecurity } from './networks.js';
import { ADMIN_OR_PROJECT_MEMBER, tagRules } from './owned-rules.js';
import { portExtensions } from './port-extensions.js';
import { TaggedAttributes, tagList } from './standard-attributes.js';
import { address, looseCidr, mac } from './types/address-types.js';
import { dnsDomain, dnsName } from './types/dns-types.js';
import { memberFilter, tagFilter } from './types/filter-readers.js';
import { listOf, objectOf } from './types/list-types.js';
import { dictionary, filledText, flag, nameText, oneOf, oneOfNumbers, text, uuid } from './types/plain-types.js';

const ADVANCED = 'rule:context_is_advsvc';
const STATUSES = ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] as const;

/** neutron-lib's VNIC_TYPES. */
export const VNIC_TYPES = [
  'normal',
  'direct',
  'macvtap',
  'baremetal',
  'direct-physical',
  'virtio-forwarder',
  'smart-nic',
  'vdpa',
  'accelerator-direct',
  'accelerator-direct-physical',
  'remote-managed',
] as const;

const addressPairs: Extension = {
  alias: 'allowed-address-pairs',
  name: 'Allowed Address Pairs',
  description: 'Provides allowed address pairs',
  updated: '2013-07-23T10:00:00-00:00',
};
const binding: Extension = {
  alias: 'binding',
  name: 'Port Binding',
  description: 'Expose port bindings of a virtual port to external application',
  updated: '2014-02-03T10:00:00-00:00',
};
const dhcpOptionsExtension: Extension = {
  alias: 'extra_dhcp_opt',
  name: 'Neutron Extra DHCP options',
  description:
    'Extra options configuration for DHCP. For example PXE boot options to DHCP clients can be specified (e.g. tftp-server, server-ip-address, bootfile-name)',
  updated: '2013-03-17T12:00:00-00:00',
};
const networkPolicyId: Extension = {
  alias: 'qos-port-network-policy',
  name: 'QoS port network policy ID',
  description: 'Adds a the QoS network ID to the port definition',
  updated: '2019-11-01T10:00:00-00:00',
};
const substring: Extension = {
  alias: 'ip-substring-filtering',
  name: 'IP address substring filtering',
  description: 'Provides IP address substring filtering when listing ports',
  updated: '2017-11-28T09:00:00-00:00',
};
const bulkTags: Extension = {
  alias: 'tag-ports-during-bulk-creation',
  name: 'Tag Ports During Bulk Creation',
  description: 'Allow to tag ports during bulk creation',
  updated: '2019-12-29T19:00:00-00:00',
};

/** An address as asked for: a subnet (any free address of it), an address, or both. */
export class FixedIpInput {
  @Field(uuid) readonly subnet_id?: string;
  @Field(address) readonly ip_address?: string;
}

/** An address that a port has. */
export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

/** null was refused before 1.1; its schema is that of all versions. */
const macOrNew: FieldType<string | null> = { ...orNull(mac), schema: mac.schema };

/** The lowest bit of the first octet says that a MAC is of a group. */
const pairMac: FieldType<string> = {
  ...mac,
  refuse: (value) =>
    mac.refuse(value) ??
    (/^.[13579bdf]/i.test(String(value))
      ? `MAC address ${String(value)} is a multicast address, which is not supported`
      : undefined),
};

export class AddressPair {
  @Field(pairAddress(), { required: true }) readonly ip_address!: string;
  @Field(pairMac) readonly mac_address?: string;
}

/** An address, or a network where there is a slash. */
function pairAddress(): FieldType<string> {
  const typeOf = (value: unknown): FieldType<string> =>
    typeof value === 'string' && value.includes('/') ? looseCidr : address;
  return {
    kind: 'text',
    convert: (value) => typeOf(value).convert?.(value) ?? value,
    refuse: (value) => typeOf(value).refuse(value) ?? refuseMulticast(String(value)),
    schema: { type: 'string' },
  };
}

/** As neutron's validators: no address is one of a group; `0.0.0.0/0` alone may hold such. */
function refuseMulticast(text: string): string | undefined {
  const [base = '', length] = text.split('/');
  if (text === '0.0.0.0/0' || !(base.includes(':') ? /^ff/i : /^2(2[4-9]|3\d)\./).test(base)) return undefined;
  return length === undefined
    ? `IP ${text} is a multicast address, which is not supported`
    : `IP subnet ${text} overlaps with a multicast range, which is not supported`;
}

/** Addresses as a client asks for them (`type:fixed_ips`). */
export function fixedIpList(): FieldType<readonly FixedIpInput[]> {
  const list = listOf(objectOf(FixedIpInput, 'fixed IP'), {
    what: 'fixed IP',
    // One subnet may be named several times, one address only once.
    key: (entry) => (isRecord(entry) ? entry['ip_address'] : undefined),
    duplicate: 'IP address',
  });
  return {
    ...list,
    refuse: (value) => {
      const empty = Array.isArray(value)
        ? value.find((entry) => isRecord(entry) && Object.keys(entry).length === 0)
        : undefined;
      return empty === undefined ? list.refuse(value) : `Invalid data format for fixed IP: ${shownValue(empty)}`;
    },
  };
}

/** Options that may have no value, as neutron-lib's VALID_BLANK_EXTRA_DHCP_OPTS. */
const BLANK_OPTIONS: readonly unknown[] = ['router', 'classless-static-route'];

/** An option for DHCP as asked for. */
export class DhcpOptionInput {
  @Field(filledText(64), { required: true }) readonly opt_name!: string;
  /** null takes the option away. */
  @Field(orNull(text(255)), { required: true }) readonly opt_value!: string | null;
  /** Absent: 4. */
  @Field(oneOfNumbers([4, 6])) readonly ip_version?: 4 | 6;
}

/** An option that DHCP gives a port. */
export interface DhcpOption {
  readonly opt_name: string;
  readonly opt_value: string;
  readonly ip_version: 4 | 6;
}

const optionList = listOf(objectOf(DhcpOptionInput, 'extra_dhcp_opt'), { key: () => undefined });

/** `type:list_of_any_key_specs_or_none`: a value on one line, which only some options may leave blank. */
const dhcpOptions: FieldType<readonly DhcpOptionInput[] | null> = {
  ...orNull(optionList),
  refuse: (value) => {
    if (value === null) return undefined;
    const reason = optionList.refuse(value);
    if (reason !== undefined || !Array.isArray(value)) return reason;
    const wrong = value.find((option: unknown) => {
      if (!isRecord(option)) return true;
      const { opt_name: name, opt_value: text } = option;
      if (/[\r\n]/.test(`${String(name)}${String(text)}`)) return true;
      return typeof text === 'string' && text.trim() === '' && !BLANK_OPTIONS.includes(name);
    });
    return wrong === undefined ? undefined : `No valid key specs in list for ${shownValue(wrong)}`;
  },
};

/** neutron_lib.exceptions.allowedaddresspairs. */
const pairList = listOf(
  objectOf(AddressPair, 'allowed address pair', {
    code: 'AllowedAddressPairsMissingIP',
    text: 'AllowedAddressPair must contain ip_address',
  }),
  {
    what: 'allowed address pair',
    duplicateError: (pair) => {
      const { mac_address = null, ip_address } = Object(pair) as Partial<AddressPair>;
      const text = `Request contains duplicate address pair: mac_address ${mac_address ?? 'None'} ip_address ${ip_address}.`;
      return { code: 'DuplicateAddressPairInRequest', text };
    },
  },
);

/** What Open vSwitch knows of (neutron-lib's HINTS_SPEC). */
const hints: FieldType<Readonly<Record<string, unknown>>> = {
  ...dictionary,
  refuse: (value) => {
    const reason = dictionary.refuse(value);
    if (reason !== undefined || !isRecord(value)) return reason;
    let inner: unknown = value;
    for (const key of ['openvswitch', 'other_config', 'tx-steering']) {
      if (!isRecord(inner) || Object.keys(inner).some((name) => name !== key)) {
        return `${shownValue(value)} has keys other than openvswitch.other_config.tx-steering`;
      }
      inner = inner[key];
      if (inner === undefined) return undefined;
    }
    return inner === 'thread' || inner === 'hash' ? undefined : `${shownValue(inner)} is not in ['thread', 'hash']`;
  },
};

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
    substring,
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
  @Field(tagList, { ...once, default: [], filter: tagFilter('tags'), extension: bulkTags })
  override readonly tags!: readonly string[];
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly network_id!: string;
  @Field(flag, { default: true, filter: true, sort: true }) readonly admin_state_up!: boolean;
  /** null: a new one is made, as for a port that is made without one. */
  @Field(mac, { post: macOrNew, put: macOrNew, filter: true, sort: true, extension: portExtensions.newMac })
  readonly mac_address!: string;
  /** Absent on a create: one address of each IP version that the network has subnets for. Empty: none. */
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
  @Field(nullAs(pairList, []), { extension: addressPairs }) readonly allowed_address_pairs!: readonly AddressPair[];
  /** Since 1.1. */
  @Field(orNull(uuid)) readonly qos_policy_id?: string | null;
  /** Its network's, which it has without one of its own. Since 1.1. */
  @Field(orNull(uuid), { ...readOnly, computed: true, extension: networkPolicyId })
  readonly qos_network_policy_id?: string | null;
  /** An update changes those that it names. Since 1.1. */
  @Field(dhcpOptions, { extension: dhcpOptionsExtension })
  readonly extra_dhcp_opts?: readonly DhcpOptionInput[] | null;
  /** Absent on a create: the project's default group; a port of a network service has none. */
  @Field(listOf(uuid), { post: nullAs(listOf(uuid), []), put: nullAs(listOf(uuid), []), computed: true, filter: true })
  readonly security_groups!: readonly string[];
  @Field(nullAs(text(255), ''), { name: 'binding:host_id', filter: true, extension: binding })
  readonly binding_host_id!: string;
  @Field(oneOf(VNIC_TYPES), { name: 'binding:vnic_type', default: 'normal' }) readonly binding_vnic_type!: string;
  @Field(nullAs(dictionary, {}), { name: 'binding:profile' })
  readonly binding_profile!: Readonly<Record<string, unknown>>;
  @Field(text(255), { ...readOnly, name: 'binding:vif_type' }) readonly binding_vif_type!: string;
  @Field(dictionary, { ...readOnly, name: 'binding:vif_details' })
  readonly binding_vif_details!: Readonly<Record<string, unknown>>;
  @Field(dnsName, { default: '', extension: portExtensions.dns }) readonly dns_name!: string;
  /** Since 1.1, as all that follow. */
  @Field(dnsDomain, { default: '', extension: portExtensions.dnsDomain }) readonly dns_domain?: string;
  /** The names of its addresses: `dns_name`, or one made of the address, in `[DEFAULT] dns_domain`. */
  @Field(listOf(dictionary), { ...readOnly, computed: true })
  readonly dns_assignment?: readonly Readonly<Record<string, unknown>>[];
  /** What an administrator says of the network below. */
  @Field(orNull(oneOf(['ACTIVE', 'DOWN'])), { post: false, extension: portExtensions.dataPlane })
  readonly data_plane_status?: string | null;
  @Field(orNull(text(255)), { ...once, default: null, extension: portExtensions.deviceProfile })
  readonly device_profile?: string | null;
  /** An empty one on a request is none. */
  @Field(orNull(oneOf(['switchdev'], (value) => (value === '' ? null : value))), {
    ...once,
    default: null,
    extension: portExtensions.hardwareOffload,
  })
  readonly hardware_offload_type?: string | null;
  @Field(orNull(hints), { default: null, extension: portExtensions.hints })
  readonly hints?: Readonly<Record<string, unknown>> | null;
  /** `none` where it was made without addresses; `deferred`: on a routed network it gets them when it comes to a host. */
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
  /** The trunk that it carries, with its subports; null: none. */
  @Field(orNull(dictionary), { ...readOnly, computed: true, extension: portExtensions.trunk })
  readonly trunk_details?: Readonly<Record<string, unknown>> | null;
  @Field(orNull(flag), { post: flag, put: flag, extension: portExtensions.trusted })
  readonly trusted?: boolean | null;
}

export type PortData = DataOf<Port>;
export type PortInput = Omit<InputOf<Port>, 'fixed_ips'> & { readonly fixed_ips?: readonly FixedIpInput[] };
