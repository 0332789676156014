import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { isRecord, nullAs, shownValue } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { portSecurity } from './networks.js';
import { TaggedAttributes, tagList } from './standard-attributes.js';
import { address, looseCidr, mac } from './types/address-types.js';
import { memberFilter, tagFilter } from './types/filter-readers.js';
import { listOf, objectOf } from './types/list-types.js';
import { dictionary, flag, nameText, oneOf, text, uuid } from './types/plain-types.js';

const STATUSES = ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] as const;

const VNIC_TYPES = [
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

export class AddressPair {
  @Field(pairAddress(), { required: true }) readonly ip_address!: string;
  @Field(mac) readonly mac_address?: string;
}

/** An address, or a network where there is a slash. */
function pairAddress(): FieldType<string> {
  const typeOf = (value: unknown): FieldType<string> =>
    typeof value === 'string' && value.includes('/') ? looseCidr : address;
  return {
    kind: 'text',
    convert: (value) => typeOf(value).convert?.(value) ?? value,
    refuse: (value) => typeOf(value).refuse(value),
    schema: { type: 'string' },
  };
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

const pairList = listOf(objectOf(AddressPair, 'allowed address pair'), { what: 'allowed address pair' });

/** neutron-lib: port, portbindings, port_security, allowedaddresspairs, ip_substring_port_filtering. */
@Resource({
  api: 'network',
  singular: 'port',
  plural: 'ports',
  notFound: { code: 'PortNotFound', text: 'Port %s could not be found.' },
  quota: true,
  tags: true,
  extensions: [substring],
  changes: [{ version: '1.1', contract: '1.1', takes: ['security_groups'] }],
})
export class Port extends TaggedAttributes {
  @Field(tagList, { ...once, default: [], filter: tagFilter('tags'), extension: bulkTags })
  override readonly tags!: readonly string[];
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly network_id!: string;
  @Field(flag, { default: true, filter: true, sort: true }) readonly admin_state_up!: boolean;
  @Field(mac, { filter: true, sort: true }) readonly mac_address!: string;
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
  @Field(text(255), { ...readOnly, visible: false, default: '' }) readonly dns_name!: string;
}

export type PortData = DataOf<Port>;
export type PortInput = Omit<InputOf<Port>, 'fixed_ips'> & { readonly fixed_ips?: readonly FixedIpInput[] };
