import type { SecurityGroupData, SecurityGroupRuleData } from '#libs/contracts';

/** A group as a rule refers to it. */
export type NamedGroup = Pick<SecurityGroupData, 'name' | 'project_id'>;

/** nova's view of a rule of ingress (nova.network.security_group_api); undefined where the group that it names is gone. */
export function groupRuleView(
  rule: SecurityGroupRuleData,
  groups: ReadonlyMap<string, NamedGroup>,
): Record<string, unknown> | undefined {
  const { remote_group_id: remote } = rule;
  const source = remote === null ? undefined : groups.get(remote);
  if (remote !== null && source === undefined) return undefined;
  const [from, to] = portsOf(rule);
  return {
    id: rule.id,
    parent_group_id: rule.security_group_id,
    ip_protocol: rule.protocol,
    from_port: from,
    to_port: to,
    group: source === undefined ? {} : { name: source.name, tenant_id: source.project_id },
    ip_range: source === undefined ? { cidr: rule.remote_ip_prefix ?? '0.0.0.0/0' } : {},
  };
}

/** nova knows no rule of a protocol without ports. */
function portsOf({
  protocol,
  port_range_min: from,
  port_range_max: to,
}: SecurityGroupRuleData): readonly [number | null, number | null] {
  if (protocol === null || from !== null || to !== null) return [from, to];
  return ['tcp', 'udp'].includes(protocol) ? [1, 65_535] : [-1, -1];
}

/** nova's view of a group: rules of egress are not in it. */
export function groupView(
  group: SecurityGroupData,
  groups: ReadonlyMap<string, NamedGroup>,
): Record<string, unknown> & { readonly name: string } {
  const rules = group.security_group_rules
    .filter(({ direction }) => direction === 'ingress')
    .map((rule) => groupRuleView(rule, groups));
  return {
    id: group.id,
    description: group.description,
    name: group.name,
    tenant_id: group.project_id,
    rules: rules.filter((rule) => rule !== undefined),
  };
}
