import ipaddr from 'ipaddr.js';
import type { AttributeType } from './attribute.js';
import { isRecord, uuid } from './plain-types.js';
import { shownValue } from './shown-value.js';

/**
 * Whether a text is one IPv4 address in four decimal parts or one IPv6 address. ipaddr.js alone would also take
 * `10.1` and octal parts, which clients and databases read differently.
 */
export function isAddress(value: unknown): value is string {
  return typeof value === 'string' && (ipaddr.IPv4.isValidFourPartDecimal(value) || isPlainIpv6(value));
}

function isPlainIpv6(value: string): boolean {
  return !value.includes('%') && value.includes(':') && ipaddr.IPv6.isValid(value);
}

export const address: AttributeType = {
  refuse: (value) => (isAddress(value) ? undefined : `${shownValue(value)} is not a valid IP address`),
};

/** The network of an address and prefix length in canonical form, or undefined when the text is no CIDR. */
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

/** A network in CIDR form without host bits; IPv6 is brought into its short form. */
export const cidr: AttributeType = {
  convert: (value) => {
    const network = networkOf(value);
    return network !== undefined && typeof value === 'string' && sameNetwork(value, network) ? network : value;
  },
  refuse: (value) => {
    const network = networkOf(value);
    if (network === undefined) return `${shownValue(value)} is not a valid IP subnet`;
    if (value !== network) {
      return `${shownValue(value)} isn't a recognized IP subnet cidr, '${network}' is recommended`;
    }
    return undefined;
  },
};

function sameNetwork(written: string, network: string): boolean {
  const base = written.split('/')[0] ?? '';
  return ipaddr.parse(base).toString() === network.split('/')[0];
}

const macPattern = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

export const mac: AttributeType = {
  convert: (value) => (typeof value === 'string' ? value.toLowerCase().replaceAll('-', ':') : value),
  refuse: (value) => {
    if (typeof value !== 'string' || !macPattern.test(value)) return `${shownValue(value)} is not a valid MAC address`;
    return value === '00:00:00:00:00:00' ? `${shownValue(value)} is not an allowed MAC address` : undefined;
  },
};

const LONGEST_LIST = 256;

/** A list whose every entry passes; null means an empty one. Equal entries are refused. */
function listOf(what: string, refuseEntry: (entry: unknown) => string | undefined): AttributeType {
  return {
    convert: (value) => value ?? [],
    refuse: (value) => {
      if (!Array.isArray(value)) return `Invalid data format for ${what}: ${shownValue(value)}`;
      if (value.length > LONGEST_LIST) return `Too many entries for ${what}: at most ${LONGEST_LIST}`;
      const seen = new Set<string>();
      for (const entry of value) {
        const reason = refuseEntry(entry);
        if (reason !== undefined) return reason;
        const key = JSON.stringify(entry);
        if (seen.has(key)) return `Duplicate ${what} ${shownValue(entry)}`;
        seen.add(key);
      }
      return undefined;
    },
  };
}

/** Refuses what is no object, or has other keys than these. */
function refuseKeys(what: string, entry: unknown, allowed: readonly string[]): string | undefined {
  if (isRecord(entry) && Object.keys(entry).every((key) => allowed.includes(key))) return undefined;
  return `Invalid data format for ${what}: ${shownValue(entry)}`;
}

function field(entry: unknown, key: string): unknown {
  return isRecord(entry) ? entry[key] : undefined;
}

export const allocationPools = listOf(
  'IP pool',
  (entry) =>
    refuseKeys('IP pool', entry, ['start', 'end']) ??
    address.refuse(field(entry, 'start')) ??
    address.refuse(field(entry, 'end')),
);

export const hostRoutes = listOf(
  'hostroute',
  (entry) =>
    refuseKeys('hostroute', entry, ['destination', 'nexthop']) ??
    cidr.refuse(field(entry, 'destination')) ??
    address.refuse(field(entry, 'nexthop')),
);

export const nameservers = listOf('nameserver', address.refuse);

export const fixedIps = listOf('fixed IP', (entry) => {
  const reason = refuseKeys('fixed IP', entry, ['subnet_id', 'ip_address']);
  if (reason !== undefined) return reason;
  const [subnet, ip] = [field(entry, 'subnet_id'), field(entry, 'ip_address')];
  if (subnet === undefined && ip === undefined) return `Invalid data format for fixed IP: ${shownValue(entry)}`;
  return (
    (subnet === undefined ? undefined : uuid.refuse(subnet)) ?? (ip === undefined ? undefined : address.refuse(ip))
  );
});

export const addressPairs = listOf('allowed address pair', (entry) => {
  const reason = refuseKeys('allowed address pair', entry, ['ip_address', 'mac_address']);
  if (reason !== undefined) return reason;
  const [ip, hardware] = [field(entry, 'ip_address'), field(entry, 'mac_address')];
  return (
    (typeof ip === 'string' && ip.includes('/') ? cidr.refuse(ip) : address.refuse(ip)) ??
    (hardware === undefined ? undefined : mac.refuse(hardware))
  );
});
