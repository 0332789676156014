/** neutron-lib's IP_PROTOCOL_MAP: IANA's numbers, with neutron's two names for ICMPv6. */
const NUMBERS: Readonly<Record<string, number>> = {
  ah: 51,
  dccp: 33,
  egp: 8,
  esp: 50,
  gre: 47,
  hopopt: 0,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
  ip: 0,
  ipip: 4,
  'ipv6-encap': 41,
  'ipv6-frag': 44,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  'ipv6-route': 43,
  ospf: 89,
  pgm: 113,
  rsvp: 46,
  sctp: 132,
  tcp: 6,
  udp: 17,
  udplite: 136,
  vrrp: 112,
};

/** Every protocol name that a rule may have, as error texts list them. */
export const PROTOCOL_NAMES: readonly string[] = Object.keys(NUMBERS);

/** The number of a protocol given by name or number; undefined for an unknown one. */
export function protocolNumber(protocol: string): number | undefined {
  if (Object.hasOwn(NUMBERS, protocol)) return NUMBERS[protocol];
  const number = /^\d{1,3}$/.test(protocol) ? Number(protocol) : Number.NaN;
  return number >= 0 && number <= 255 ? number : undefined;
}

/** Protocols with port numbers. */
export const PORT_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [33, 'dccp'],
  [132, 'sctp'],
  [6, 'tcp'],
  [17, 'udp'],
  [136, 'udplite'],
]);

export const ICMP = 1;
export const ICMP_V6 = 58;

/** Protocols that IPv4 does not have: the numbers 41, 43, 44 and 58 to 60. */
export const ONLY_IPV6: ReadonlySet<number> = new Set([41, 43, 44, 58, 59, 60]);
