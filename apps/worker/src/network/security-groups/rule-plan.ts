import { ExpectedError } from '#libs/contracts';
import type { ExpectedErrorCode, SecurityGroupRuleData } from '#libs/contracts';
import { formatCidr, parseCidr } from '../ipam/address.js';
import { ICMP, ICMP_V6, ONLY_IPV6, PORT_PROTOCOLS, PROTOCOL_NAMES, protocolNumber } from './protocols.js';

/** The fields that decide which traffic a rule allows. */
export type RuleMatch = Pick<
  SecurityGroupRuleData,
  | 'direction'
  | 'ethertype'
  | 'protocol'
  | 'port_range_min'
  | 'port_range_max'
  | 'remote_ip_prefix'
  | 'remote_group_id'
  | 'remote_address_group_id'
>;

/** The match fields of a row that is about to be stored; absent ones are null. */
export function matchOf(values: Readonly<Record<string, unknown>>): RuleMatch {
  const text = (name: keyof RuleMatch): string | null => {
    const value = values[name];
    return typeof value === 'string' ? value : null;
  };
  const port = (name: 'port_range_min' | 'port_range_max'): number | null => {
    const value = values[name];
    return typeof value === 'number' ? value : null;
  };
  return {
    direction: text('direction') ?? '',
    ethertype: text('ethertype') ?? '',
    protocol: text('protocol'),
    port_range_min: port('port_range_min'),
    port_range_max: port('port_range_max'),
    remote_ip_prefix: text('remote_ip_prefix'),
    remote_group_id: text('remote_group_id'),
    remote_address_group_id: text('remote_address_group_id'),
  };
}

const HIGHEST_PORT = 65_535;

function refuse(code: ExpectedErrorCode, text: string): never {
  throw new ExpectedError(code, text);
}

/**
 * A rule in the form in which it is stored: ICMPv6 under its own name, all ports as no range. Errors as in
 * neutron.db.securitygroups_db: SecurityGroupRuleInvalidProtocol, …InvalidPortValue, …ProtocolRequiredWithPorts, and so
 * on.
 */
export function planRule(rule: RuleMatch): RuleMatch {
  for (const port of [rule.port_range_min, rule.port_range_max]) {
    if (port !== null && (port < 0 || port > HIGHEST_PORT)) {
      refuse('SecurityGroupInvalidPortValue', `Invalid value for port ${port}`);
    }
  }
  if (rule.protocol !== null && protocolNumber(rule.protocol) === undefined) {
    const names = ['None', ...PROTOCOL_NAMES.map((name) => `'${name}'`)].join(', ');
    refuse(
      'SecurityGroupRuleInvalidProtocol',
      `Security group rule protocol ${rule.protocol} not supported. Only protocol values (${names}) and integer representations [0 to 255] are supported.`,
    );
  }
  const all = rule.port_range_min === 1 && rule.port_range_max === HIGHEST_PORT;
  const planned = {
    ...rule,
    protocol: storedProtocol(rule),
    ...(all ? { port_range_min: null, port_range_max: null } : {}),
  };
  checkPorts(planned);
  checkPrefix(planned);
  const number = planned.protocol === null ? undefined : protocolNumber(planned.protocol);
  if (number !== undefined && planned.ethertype === 'IPv4' && ONLY_IPV6.has(number)) {
    refuse(
      'SecurityGroupEthertypeConflictWithProtocol',
      `Invalid ethertype ${planned.ethertype} for protocol ${String(planned.protocol)}.`,
    );
  }
  const remotes = [planned.remote_ip_prefix, planned.remote_group_id, planned.remote_address_group_id];
  if (remotes.filter((remote) => remote !== null).length > 1) {
    refuse(
      'SecurityGroupMultipleRemoteEntites',
      'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.',
    );
  }
  return planned;
}

/** Rules of a group with the same text allow the same traffic: protocols by number, networks without host bits. */
export function sameAs(rule: RuleMatch): string {
  const cidr = rule.remote_ip_prefix === null ? null : normalCidr(rule.remote_ip_prefix);
  return JSON.stringify([
    rule.direction,
    rule.ethertype,
    rule.protocol === null ? null : protocolNumber(rule.protocol),
    rule.port_range_min,
    rule.port_range_max,
    cidr === '0.0.0.0/0' || cidr === '::/0' ? null : cidr,
    rule.remote_group_id,
    rule.remote_address_group_id,
  ]);
}

function normalCidr(prefix: string): string {
  const cidr = parseCidr(prefix);
  return cidr === null ? prefix : formatCidr(cidr);
}

function storedProtocol({ protocol, ethertype }: RuleMatch): string | null {
  if (ethertype !== 'IPv6') return protocol;
  if (protocol === 'icmp' || protocol === 'icmpv6') return 'ipv6-icmp';
  return protocol === String(ICMP) ? String(ICMP_V6) : protocol;
}

function checkPorts({ protocol, port_range_min: min, port_range_max: max }: RuleMatch): void {
  if (min === null && max === null) return;
  if (protocol === null) {
    refuse('SecurityGroupProtocolRequiredWithPorts', 'Must also specify protocol if port range is given.');
  }
  const number = protocolNumber(protocol);
  if (number !== undefined && PORT_PROTOCOLS.has(number)) return checkRange(min, max);
  if (number === ICMP || number === ICMP_V6) return checkIcmp(min, max);
  const names = [...PORT_PROTOCOLS.values()].map((name) => name.toUpperCase()).join(', ');
  refuse(
    'SecurityGroupInvalidProtocolForPort',
    `Ports cannot be specified for protocol ${number}. Ports are only supported for ${names}.`,
  );
}

function checkRange(min: number | null, max: number | null): void {
  if (min === 0 || max === 0) refuse('SecurityGroupInvalidPortValue', 'Invalid value for port 0');
  if (min === null || max === null || min > max) {
    refuse('SecurityGroupInvalidPortRange', 'For TCP/UDP protocols, port_range_min must be <= port_range_max');
  }
}

function checkIcmp(type: number | null, code: number | null): void {
  const fields = [
    ['type', 'port_range_min', type],
    ['code', 'port_range_max', code],
  ] as const;
  for (const [field, attribute, value] of fields) {
    if (value === null || value <= 255) continue;
    refuse(
      'SecurityGroupInvalidIcmpValue',
      `Invalid value for ICMP ${field} (${attribute}) ${value}. It must be 0 to 255.`,
    );
  }
  if (type === null && code !== null) {
    refuse(
      'SecurityGroupMissingIcmpType',
      `ICMP code (port-range-max) ${code} is provided but ICMP type (port-range-min) is missing.`,
    );
  }
}

function checkPrefix({ remote_ip_prefix: prefix, ethertype }: RuleMatch): void {
  if (prefix === null || prefix.includes(':') === (ethertype === 'IPv6')) return;
  refuse('SecurityGroupRuleParameterConflict', `Conflicting value ethertype ${ethertype} for CIDR ${prefix}`);
}
