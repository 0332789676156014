import ipaddr from 'ipaddr.js';
import { shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';

/**
 * Whether a text is one IPv4 address in four decimal parts or one IPv6 address. ipaddr.js alone would also accept
 * `10.1` and octal parts, which clients and databases interpret differently.
 */
export function isAddress(value: unknown): value is string {
  return typeof value === 'string' && (ipaddr.IPv4.isValidFourPartDecimal(value) || isPlainIpv6(value));
}

function isPlainIpv6(value: string): boolean {
  return !value.includes('%') && value.includes(':') && ipaddr.IPv6.isValid(value);
}

/** One IP address (`type:ip_address`); IPv6 is converted to its short form. */
export const address: FieldType<string> = {
  kind: 'address',
  convert: (value) => (isAddress(value) ? ipaddr.parse(value).toString() : value),
  refuse: (value) => (isAddress(value) ? undefined : `${shownValue(value)} is not a valid IP address`),
  schema: { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
};

/** The network of an address and prefix length in canonical form, or undefined when the text is not a CIDR. */
function networkOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = value.split('/');
  const [base, length] = parts;
  if (parts.length !== 2 || !isAddress(base) || length === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const parsed = ipaddr.parse(base);
  if (Number(length) > (parsed.kind() === 'ipv4' ? 32 : 128)) return undefined;
  const network =
    parsed.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(value).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(value).toString();
  return `${network}/${Number(length)}`;
}

/** The short form of a network without host bits; any other value is returned unchanged. */
function toShortForm(value: unknown): unknown {
  const network = networkOf(value);
  if (network === undefined || typeof value !== 'string') return value;
  const base = value.split('/')[0] ?? '';
  return ipaddr.parse(base).toString() === network.split('/')[0] ? network : value;
}

/** A network in CIDR form without host bits; IPv6 is converted to its short form. */
export const cidr: FieldType<string> = {
  kind: 'cidr',
  convert: toShortForm,
  refuse: (value) => {
    const network = networkOf(value);
    if (network === undefined) return `${shownValue(value)} is not a valid IP subnet`;
    if (value !== network) {
      return `${shownValue(value)} isn't a recognized IP subnet cidr, '${network}' is recommended`;
    }
    return undefined;
  },
  schema: { type: 'string', format: 'cidr' },
};

/** An address with a prefix length, host bits allowed, unchanged (`type:subnet`). */
export const looseCidr: FieldType<string> = {
  kind: 'cidr',
  refuse: (value) => (networkOf(value) === undefined ? `${shownValue(value)} is not a valid IP subnet` : undefined),
  schema: { type: 'string', format: 'cidr' },
};

/** A network by any of its addresses: host bits are removed. */
export const networkCidr: FieldType<string> = {
  ...looseCidr,
  convert: (value) => networkOf(value) ?? value,
};

/** A network as `looseCidr`, or a single address (netaddr's IPNetwork, if no type of an attribute checks it before). */
export const addressOrCidr: FieldType<string> = {
  ...looseCidr,
  convert: (value) => (isAddress(value) ? `${value}/${value.includes(':') ? 128 : 32}` : value),
};

/** A network as the destination of a route (`type:route_cidr`). */
export const routeCidr: FieldType<string> = {
  ...cidr,
  refuse: (value) => {
    const network = networkOf(value);
    return network === undefined || network !== value ? `${shownValue(value)} is not a valid CIDR` : undefined;
  },
};

const macPattern = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** neutron-lib's INVALID_MAC_ADDRESSES. */
const NO_ONES = new Set(['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff']);

/** `fa:16:3e:00:00:01` from the forms that netaddr reads: with colons, dashes, dots or no separator. */
function toMac(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const digits = value.toLowerCase().replaceAll(/[:.-]/g, '');
  return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : value;
}

export const mac: FieldType<string> = {
  kind: 'text',
  convert: toMac,
  refuse: (value) =>
    typeof value !== 'string' || !macPattern.test(value) || NO_ONES.has(value)
      ? `${shownValue(value)} is not a valid MAC address`
      : undefined,
  schema: { type: 'string', pattern: '^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$' },
};

/**
 * An address or network as netaddr formats it: with a length, IPv6 in short lower-case form, host bits unchanged; empty
 * means none.
 */
export function rulePrefix(value: unknown): unknown {
  if (value === '') return null;
  const [, base, length] = typeof value === 'string' ? (/^([^/]*)(\/[^/]*)?$/.exec(value) ?? []) : [];
  if (!isAddress(base)) return value;
  const parsed = ipaddr.parse(base);
  const isIpv6 = parsed instanceof ipaddr.IPv6;
  return `${isIpv6 ? parsed.toRFC5952String() : base}${length ?? (isIpv6 ? '/128' : '/32')}`;
}
