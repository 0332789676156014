import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { SecurityGroupData, SecurityGroupRuleData } from '#libs/contracts';
import { Port, SecurityGroup, declarationOf } from '#libs/contracts';
import { ResourceClient } from '../../network/resource/resource-client.js';

/** A group as a rule refers to it. */
type NamedGroup = Pick<SecurityGroupData, 'name' | 'project_id'>;

/** nova's view of an ingress rule (nova.network.security_group_api); undefined if its remote group was deleted. */
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

/** nova has no rule with a protocol but without ports. */
function portsOf({
  protocol,
  port_range_min: from,
  port_range_max: to,
}: SecurityGroupRuleData): readonly [number | null, number | null] {
  if (protocol === null || from !== null || to !== null) return [from, to];
  return ['tcp', 'udp'].includes(protocol) ? [1, 65_535] : [-1, -1];
}

/** nova's view of a group: it does not contain egress rules. */
function groupView(
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

const declaration = declarationOf(SecurityGroup);
const ports = declarationOf(Port);

/** The Network API's security groups in nova's form, as far as the caller may see them. */
@Injectable()
export class SecurityGroupProxy {
  constructor(private readonly client: ResourceClient) {}

  get(request: FastifyRequest, id: string): Promise<SecurityGroupData> {
    return this.client.get(request, declaration, { id });
  }

  /** The groups of one project, or all that the caller may see. */
  async list(request: FastifyRequest, filters: Readonly<Record<string, readonly string[]>>): Promise<object[]> {
    const { objects } = await this.client.list(request, declaration, { filters });
    return this.views(request, objects);
  }

  /** The groups of a server's ports, in the order of nova: by project and name, one entry for each port. */
  async ofServer(request: FastifyRequest, server: { readonly id: string }): Promise<object[]> {
    const page = await this.client.list(request, ports, { filters: { device_id: [server.id] } });
    const ids = page.objects.flatMap(({ security_groups: groups }) => groups);
    if (ids.length === 0) return [];
    const { objects } = await this.client.list(request, declaration, { filters: { id: [...new Set(ids)] } });
    const byId = new Map(objects.map((group) => [group.id, group]));
    return this.views(
      request,
      ids.flatMap((id) => byId.get(id) ?? []),
    );
  }

  async views(request: FastifyRequest, groups: readonly SecurityGroupData[]): Promise<object[]> {
    const sources = await this.sourcesOf(request, groups);
    const sorted = groups.toSorted((a, b) => order(a.project_id, b.project_id) || order(a.name, b.name));
    return sorted.map((group) => groupView(group, sources));
  }

  /** The remote groups of these groups' rules. */
  async sourcesOf(
    request: FastifyRequest,
    groups: readonly SecurityGroupData[],
  ): Promise<ReadonlyMap<string, NamedGroup>> {
    const known = new Map<string, NamedGroup>(groups.map((group) => [group.id, group]));
    const named = groups.flatMap(({ security_group_rules: rules }) => rules.map((rule) => rule.remote_group_id));
    const missing = [...new Set(named)].filter((id) => id !== null && !known.has(id));
    if (missing.length === 0) return known;
    const { objects } = await this.client.list(request, declaration, { filters: { id: missing.map(String) } });
    for (const group of objects) known.set(group.id, group);
    return known;
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
