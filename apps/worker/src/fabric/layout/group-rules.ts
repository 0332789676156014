import { ICMP, ICMP_V6, PORT_PROTOCOLS, protocolNumber } from '../../network/security-groups/protocols.js';
import type { AddressSet, GroupRule, SecurityGroupState } from '../state/host-network.js';
import { disjoint } from './address-sets.js';
import { bridgeOf, identifier } from './names.js';
import { replaceTable, verdictMap } from './nft-text.js';
import type { Chain, NamedSet } from './nft-text.js';
import { fromMark, toMark } from './spoof-rules.js';
import type { NumberedPort } from './spoof-rules.js';

/** The input for the rules of the space with the bridges. */
export interface GroupRulesInput {
  readonly ports: readonly NumberedPort[];
  readonly groups: readonly SecurityGroupState[];
  readonly addressSets: readonly AddressSet[];
  /** In a stable order, with the zone of each network's connections. */
  readonly networks: readonly { readonly id: string; readonly zone: number }[];
}

const VERSIONS = [4, 6] as const;

/**
 * The security groups of a host's ports. A connection belongs to its network (zones), so that networks may use the same
 * addresses. Every packet from the side that opened a connection is checked against the rules, and replies pass only
 * while the connection is known: deleting a rule also ends the connections that it allowed.
 *
 * The space of the bridges itself neither accepts nor forwards packets.
 */
export function groupRules({ ports, groups, addressSets, networks }: GroupRulesInput): string {
  const guarded = ports.filter(({ port }) => port.portSecurityEnabled);
  const chains: Chain[] = [
    ...groups.flatMap(({ id, rules }) => [groupChain(id, 'ingress', rules), groupChain(id, 'egress', rules)]),
    ...guarded.flatMap((numbered) => portChains(numbered, groups)),
    {
      name: 'zones',
      lines: [
        'type filter hook prerouting priority -300; policy accept;',
        ...(networks.length === 0
          ? []
          : [
              `ct zone set iifname map { ${networks.map(({ id, zone }) => `"${bridgeOf(id)}" : ${zone}`).join(', ')} }`,
            ]),
      ],
    },
    // If a connection was refused, the next packet from the side that opened it is checked again.
    {
      name: 'renewed',
      lines: [
        'type filter hook forward priority -10; policy accept;',
        `ct direction original ct mark ${REFUSED} ct mark set 0`,
      ],
    },
    { name: 'input', lines: ['type filter hook input priority 0; policy drop;'] },
    // In this hook, bridged packets enter and leave by the same bridge.
    {
      name: 'routed',
      lines: [
        'type filter hook forward priority -20; policy drop;',
        ...networks.map(({ id }) => `iifname "${bridgeOf(id)}" oifname "${bridgeOf(id)}" accept`),
      ],
    },
    {
      name: 'egress',
      lines: [
        'type filter hook forward priority 0; policy accept;',
        ...verdictMap(
          'meta mark & 0xffff0000',
          guarded.map(({ number }) => [fromMark(number), `goto egress_${number}`]),
        ),
      ],
    },
    {
      name: 'ingress',
      lines: [
        'type filter hook forward priority 10; policy accept;',
        ...verdictMap(
          'meta mark & 0x0000ffff',
          guarded.map(({ number }) => [toMark(number), `goto ingress_${number}`]),
        ),
      ],
    },
  ];
  return replaceTable('inet', 'albireo_groups', chains, addressSets.flatMap(namedSets));
}

const setName = (kind: AddressSet['kind'], id: string, version: 4 | 6): string =>
  identifier(kind === 'group' ? `members${version}` : `listed${version}`, id);

function namedSets({ id, kind, addresses }: AddressSet): readonly NamedSet[] {
  return VERSIONS.map((version) => ({
    name: setName(kind, id, version),
    version,
    elements: disjoint(addresses, version),
  }));
}

function groupChain(id: string, direction: 'ingress' | 'egress', rules: readonly GroupRule[]): Chain {
  const own = rules.filter((rule) => rule.direction === direction);
  return { name: identifier(direction, id), lines: [...new Set(own.map(ruleLine))].toSorted() };
}

/** One rule; packets that do not match continue with the next rule. */
export function ruleLine(rule: GroupRule): string {
  const version = rule.ethertype === 'IPv4' ? 4 : 6;
  const remote = `ip${version === 4 ? '' : '6'} ${rule.direction === 'ingress' ? 'saddr' : 'daddr'}`;
  const words = [`meta nfproto ipv${version}`];
  if (rule.remotePrefix !== null) {
    const [prefix] = disjoint([rule.remotePrefix], version);
    if (prefix !== undefined && !prefix.endsWith('/0')) words.push(`${remote} ${prefix}`);
  }
  if (rule.remoteGroupId !== null) words.push(`${remote} @${setName('group', rule.remoteGroupId, version)}`);
  if (rule.remoteAddressGroupId !== null) {
    words.push(`${remote} @${setName('address_group', rule.remoteAddressGroupId, version)}`);
  }
  words.push(...protocolWords(rule, version));
  return [...words, 'accept'].join(' ');
}

function protocolWords({ protocol, portMin, portMax }: GroupRule, version: 4 | 6): readonly string[] {
  const named = protocol === null || protocol === 'any' ? undefined : protocolNumber(protocol);
  // neutron: `ip` and number 0 mean all protocols.
  if (named === undefined || named === 0) return [];
  const isIcmp = named === ICMP || named === ICMP_V6;
  // A rule for `icmp` with IPv6 means ICMPv6.
  const number = isIcmp && version === 6 ? ICMP_V6 : named;
  if (isIcmp) {
    const family = number === ICMP ? 'icmp' : 'icmpv6';
    const words = [`meta l4proto ${number}`];
    if (portMin !== null) words.push(`${family} type ${portMin}`);
    if (portMax !== null) words.push(`${family} code ${portMax}`);
    return words;
  }
  const transport = PORT_PROTOCOLS.get(number);
  if (transport === undefined || portMin === null) return [`meta l4proto ${number}`];
  const last = portMax ?? portMin;
  return [`${transport} dport ${last === portMin ? portMin : `${portMin}-${last}`}`];
}

/** The mark of a refused connection: its replies do not pass either. */
const REFUSED = '0x52';

const KNOWN = [
  'ct state invalid drop',
  'ct state related accept',
  `ct direction reply ct state established ct mark != ${REFUSED} accept`,
];

const REFUSE = [`ct direction original ct state established ct mark set ${REFUSED}`, 'drop'];

/** As in neutron: DHCP and the messages that IPv6 needs always pass; the groups decide about everything else. */
function portChains({ number, port }: NumberedPort, groups: readonly SecurityGroupState[]): readonly Chain[] {
  const own = groups.filter(({ id }) => port.securityGroups.includes(id));
  // For ports of stateless groups, rules also match the replies.
  const isStateful = own.every(({ stateful }) => stateful);
  const jumps = (direction: string): readonly string[] => own.map(({ id }) => `jump ${identifier(direction, id)}`);
  const known = isStateful ? KNOWN : [];
  const refuse = isStateful ? REFUSE : ['drop'];
  return [
    {
      name: `egress_${number}`,
      lines: [
        'udp sport 68 udp dport 67 accept',
        'udp sport 546 udp dport 547 accept',
        'icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report, nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept',
        ...known,
        ...jumps('egress'),
        ...refuse,
      ],
    },
    {
      name: `ingress_${number}`,
      lines: [
        'udp sport 67 udp dport 68 accept',
        'udp sport 547 udp dport 546 accept',
        'icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept',
        ...known,
        ...jumps('ingress'),
        ...refuse,
      ],
    },
  ];
}
