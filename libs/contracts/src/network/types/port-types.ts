import { Field } from '../../resource/field.js';
import { isRecord, orNull, shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { address, looseCidr, mac } from './address-types.js';
import { listOf, objectOf } from './list-types.js';
import { dictionary, filledText, oneOfNumbers, text, uuid } from './plain-types.js';

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

/** A requested address: a subnet (any free address of it), an address, or both. */
export class FixedIpInput {
  @Field(uuid) readonly subnet_id?: string;
  @Field(address) readonly ip_address?: string;
}

/** An address of a port. */
export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

/** null was refused before 1.1; the schema is the same in all versions. */
export const macOrNew: FieldType<string | null> = { ...orNull(mac), schema: mac.schema };

/** The lowest bit of the first octet marks a multicast MAC. */
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

/** An address, or a network if there is a slash. */
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

/** As neutron's validators: no address is a multicast address; only `0.0.0.0/0` may contain such addresses. */
function refuseMulticast(text: string): string | undefined {
  const [base = '', length] = text.split('/');
  if (text === '0.0.0.0/0' || !(base.includes(':') ? /^ff/i : /^2(2[4-9]|3\d)\./).test(base)) return undefined;
  return length === undefined
    ? `IP ${text} is a multicast address, which is not supported`
    : `IP subnet ${text} overlaps with a multicast range, which is not supported`;
}

/** Addresses in a client's request (`type:fixed_ips`). */
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

/** A DHCP option in a request. */
export class DhcpOptionInput {
  @Field(filledText(64), { required: true }) readonly opt_name!: string;
  /** null removes the option. */
  @Field(orNull(text(255)), { required: true }) readonly opt_value!: string | null;
  /** Absent: 4. */
  @Field(oneOfNumbers([4, 6])) readonly ip_version?: 4 | 6;
}

/** A DHCP option of a port. */
export interface DhcpOption {
  readonly opt_name: string;
  readonly opt_value: string;
  readonly ip_version: 4 | 6;
}

const optionList = listOf(objectOf(DhcpOptionInput, 'extra_dhcp_opt'), { key: () => undefined });

/** `type:list_of_any_key_specs_or_none`: a value on one line, which may be empty for some options only. */
export const dhcpOptions: FieldType<readonly DhcpOptionInput[] | null> = {
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
export const pairList = listOf(
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

/** The hints of Open vSwitch (neutron-lib's HINTS_SPEC). */
export const hints: FieldType<Readonly<Record<string, unknown>>> = {
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
