import { formatAddress, parseCidr, eui64Address } from '../../network/ipam/address.js';
import type { GuestPort, QosState } from '../state/host-network.js';
import { disjoint } from './address-sets.js';
import { METADATA_ADDRESS, TUNNEL, tapOf } from './names.js';
import { listOf, replaceTable, verdictMap } from './nft-text.js';
import type { Chain } from './nft-text.js';

/** A port with its number in the rules of the two tables: 1 to 65535. */
export interface NumberedPort {
  readonly number: number;
  readonly port: GuestPort;
  readonly qos: QosState | null;
}

/** The mark of a packet from a port uses the upper half, that of a packet to a port the lower half. */
export const fromMark = (number: number): string => `0x${number.toString(16).padStart(4, '0')}0000`;
export const toMark = (number: number): string => `0x${number.toString(16).padStart(8, '0')}`;

/**
 * Filters packets from a guest's tap before they reach the bridge: only its own MAC and IP addresses and those of its
 * allowed pairs (neutron's anti-spoofing), no DHCP server answers, no router advertisements, no other EtherTypes. Every
 * packet gets a mark, by which the security groups know its source and destination tap.
 */
export function spoofRules(ports: readonly NumberedPort[], hasTunnels: boolean): string {
  const chains = ports.flatMap((numbered) => chainsOf(numbered));
  return replaceTable('bridge', 'albireo_ports', [
    ...chains,
    {
      name: 'prerouting',
      lines: [
        'type filter hook prerouting priority -310; policy accept;',
        ...verdictMap(
          'iifname',
          ports.map(({ number, port }) => [`"${tapOf(port.id)}"`, `goto from_${number}`]),
        ),
        'meta mark set 0',
      ],
    },
    {
      name: 'forward',
      lines: [
        'type filter hook forward priority -10; policy accept;',
        ...(hasTunnels ? OWN_SERVICES : []),
        ...verdictMap(
          'oifname',
          ports.map(({ number, port }) => [`"${tapOf(port.id)}"`, `goto to_${number}`]),
        ),
        'meta mark set meta mark & 0xffff0000',
      ],
    },
  ]);
}

/**
 * DHCP and metadata are served on a guest's own host, which knows the guest, so their packets never go to another host.
 */
const OWN_SERVICES = [
  `oifname "${TUNNEL}*" udp dport { 67, 547 } drop`,
  `oifname "${TUNNEL}*" arp daddr ip ${METADATA_ADDRESS} drop`,
];

function chainsOf({ number, port, qos }: NumberedPort): readonly Chain[] {
  const to: Chain = {
    name: `to_${number}`,
    lines: [
      `meta mark set meta mark & 0xffff0000 or ${toMark(number)}`,
      ...(qos?.ingressKpps == null ? [] : [packetLimit(qos.ingressKpps)]),
    ],
  };
  const limits = limitLines(qos);
  const pass = [`meta mark set ${fromMark(number)}`, 'accept'];
  if (!port.portSecurityEnabled) return [to, { name: `from_${number}`, lines: [...limits, ...pass] }];
  const pairs = allowedPairs(port);
  const macs = [...pairs.keys()];
  const marked = `pass_${number}`;
  return [
    to,
    { name: marked, lines: [...limits, ...pass] },
    {
      name: `arp_${number}`,
      lines: [
        `arp saddr ether != ${listOf(macs)} drop`,
        // RFC 5227: a probe for an address has no sender address.
        `arp saddr ip 0.0.0.0 goto ${marked}`,
        ...[...pairs].flatMap(([mac, own]) => addressLine(`ether saddr ${mac} arp saddr ip`, own, 4, marked)),
        'drop',
      ],
    },
    {
      name: `ip4_${number}`,
      lines: [
        'udp sport 67 udp dport 68 drop',
        `ip saddr 0.0.0.0 udp sport 68 udp dport 67 goto ${marked}`,
        ...[...pairs].flatMap(([mac, own]) => addressLine(`ether saddr ${mac} ip saddr`, own, 4, marked)),
        'drop',
      ],
    },
    {
      name: `ip6_${number}`,
      lines: [
        'icmpv6 type { nd-router-advert, nd-redirect } drop',
        'udp sport 547 udp dport 546 drop',
        // RFC 4862 and 3810: duplicate address detection and multicast reports before the guest has an address.
        `ip6 saddr :: icmpv6 type { nd-neighbor-solicit, mld2-listener-report } goto ${marked}`,
        ...[...pairs].flatMap(([mac, own]) => addressLine(`ether saddr ${mac} ip6 saddr`, own, 6, marked)),
        'drop',
      ],
    },
    {
      name: `from_${number}`,
      lines: [
        `ether saddr != ${listOf(macs)} drop`,
        `ether type arp goto arp_${number}`,
        `ether type ip goto ip4_${number}`,
        `ether type ip6 goto ip6_${number}`,
        'drop',
      ],
    },
  ];
}

function addressLine(match: string, own: readonly string[], version: 4 | 6, chain: string): string[] {
  const addresses = disjoint(own, version);
  if (addresses.some((text) => text.endsWith('/0'))) return [`${match.split(' ').slice(0, 3).join(' ')} goto ${chain}`];
  return addresses.length === 0 ? [] : [`${match} ${listOf(addresses)} goto ${chain}`];
}

/** The allowed addresses by MAC; the link-local address is always included. */
function allowedPairs(port: GuestPort): ReadonlyMap<string, readonly string[]> {
  const pairs = new Map<string, string[]>();
  const add = (mac: string, addresses: readonly string[]): void => {
    const key = mac.toLowerCase();
    pairs.set(key, [...(pairs.get(key) ?? [linkLocal(key)]), ...addresses]);
  };
  add(
    port.macAddress,
    port.fixedIps.map(({ ip_address: address }) => address),
  );
  for (const { mac_address: mac, ip_address: address } of port.allowedAddressPairs) {
    add(mac ?? port.macAddress, [address]);
  }
  return pairs;
}

function linkLocal(mac: string): string {
  const cidr = parseCidr('fe80::/64');
  if (cidr === null) throw new Error('fe80::/64 is a prefix');
  return formatAddress(eui64Address(cidr, mac));
}

/** Packets from a guest above its limits are dropped here; packets to it are queued by tc. */
function limitLines(qos: QosState | null): readonly string[] {
  if (qos === null) return [];
  const lines: string[] = [];
  if (qos.egressKpps !== null) lines.push(packetLimit(qos.egressKpps));
  if (qos.egress !== null) {
    const bytes = Math.max(1, Math.round((qos.egress.maxKbps * 1_000) / 8));
    const burst = burstKbits(qos.egress) * 125;
    lines.push(`limit rate over ${bytes} bytes/second burst ${Math.max(burst, 1_600)} bytes drop`);
  }
  if (qos.dscpMark !== null) {
    lines.push(`ip dscp set ${qos.dscpMark}`, `ip6 dscp set ${qos.dscpMark}`);
  }
  return lines;
}

function packetLimit(kpps: number): string {
  return `limit rate over ${kpps * 1_000}/second drop`;
}

/** neutron's default: 80 percent of the data of one second. */
export function burstKbits({
  maxKbps,
  maxBurstKbps,
}: {
  readonly maxKbps: number;
  readonly maxBurstKbps: number;
}): number {
  return maxBurstKbps > 0 ? maxBurstKbps : Math.ceil(maxKbps * 0.8);
}
