import type { DhcpOption } from '#libs/contracts';
import { parseAddress, parseCidr } from '../../network/ipam/address.js';
import { addressBytes } from './dhcp4-message.js';

type Kind = 'addresses' | 'text' | 'u8' | 'u16' | 'u32' | 'routes' | 'domains';

/** The options that a port may have, by dnsmasq's names, which neutron's users write: number and format. */
const NAMED: Readonly<Record<string, readonly [code: number, kind: Kind]>> = {
  netmask: [1, 'addresses'],
  'time-offset': [2, 'u32'],
  router: [3, 'addresses'],
  'dns-server': [6, 'addresses'],
  'log-server': [7, 'addresses'],
  'lpr-server': [9, 'addresses'],
  hostname: [12, 'text'],
  'boot-file-size': [13, 'u16'],
  'domain-name': [15, 'text'],
  'swap-server': [16, 'addresses'],
  'root-path': [17, 'text'],
  'extension-path': [18, 'text'],
  'default-ttl': [23, 'u8'],
  mtu: [26, 'u16'],
  broadcast: [28, 'addresses'],
  'static-route': [33, 'addresses'],
  'nis-domain': [40, 'text'],
  'nis-server': [41, 'addresses'],
  'ntp-server': [42, 'addresses'],
  'netbios-ns': [44, 'addresses'],
  'netbios-nodetype': [46, 'u8'],
  'lease-time': [51, 'u32'],
  T1: [58, 'u32'],
  T2: [59, 'u32'],
  'vendor-class': [60, 'text'],
  'nis+-domain': [64, 'text'],
  'tftp-server': [66, 'text'],
  'bootfile-name': [67, 'text'],
  'smtp-server': [69, 'addresses'],
  'pop3-server': [70, 'addresses'],
  'domain-search': [119, 'domains'],
  'sip-server': [120, 'text'],
  'classless-static-route': [121, 'routes'],
  'tftp-server-address': [150, 'addresses'],
  'path-prefix': [210, 'text'],
};

/** Names of the address in the packet's own field. */
export const NEXT_SERVER = ['server-ip-address'];

/** An option of a port in wire format: empty if it removes the option; null for an unknown option. */
export function encodeOption({ opt_name: name, opt_value: value }: DhcpOption): readonly [number, Buffer] | null {
  const [code, kind] = describe(name);
  if (code === undefined) return null;
  const bytes = encode(kind, value);
  return bytes === null ? null : [code, bytes];
}

function describe(name: string): readonly [code: number | undefined, kind: Kind] {
  const plain = name.replace(/^option:/, '');
  if (Object.hasOwn(NAMED, plain)) return NAMED[plain] ?? [undefined, 'text'];
  const number = /^\d{1,3}$/.test(plain) ? Number(plain) : 0;
  if (number < 1 || number > 254) return [undefined, 'text'];
  const known = Object.values(NAMED).find(([code]) => code === number);
  return known ?? [number, 'text'];
}

function encode(kind: Kind, value: string): Buffer | null {
  const words = value.split(/[,\s]+/).filter((word) => word !== '');
  switch (kind) {
    case 'addresses':
      return words.every((word) => parseAddress(word)?.version === 4) ? Buffer.concat(words.map(addressBytes)) : null;
    case 'routes':
      return encodeRoutes(pairsOf(words));
    case 'domains':
      return encodeDomains(words);
    case 'u8':
      return numberBytes(value, 1);
    case 'u16':
      return numberBytes(value, 2);
    case 'u32':
      return numberBytes(value, 4);
    default:
      return Buffer.from(value);
  }
}

function pairsOf(words: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) pairs.push([words[at] ?? '', words[at + 1] ?? '']);
  return pairs;
}

function numberBytes(text: string, size: 1 | 2 | 4): Buffer | null {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number >= 2 ** (8 * size)) return null;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes.subarray(4 - size);
}

/** RFC 3442: only the significant bytes of a prefix. Routes other than IPv4 are left out. */
export function encodeRoutes(routes: readonly (readonly [destination: string, nexthop: string])[]): Buffer {
  const parts = routes.flatMap(([destination, nexthop]) => {
    const cidr = parseCidr(destination);
    if (cidr === null || cidr.version !== 4 || parseAddress(nexthop)?.version !== 4) return [];
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Number(cidr.first));
    return [Buffer.from([cidr.prefix]), bytes.subarray(0, Math.ceil(cidr.prefix / 8)), addressBytes(nexthop)];
  });
  return Buffer.concat(parts);
}

/** RFC 1035's format of names, without compression. */
export function encodeDomains(names: readonly string[]): Buffer {
  const parts = names.flatMap((name) => {
    const labels = name.split('.').filter((label) => label !== '' && Buffer.byteLength(label) < 64);
    return [
      ...labels.flatMap((label) => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]),
      Buffer.from([0]),
    ];
  });
  return Buffer.concat(parts);
}
