import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Port, SecurityGroup, declarationOf } from '#libs/contracts';
import type { SecurityGroupData } from '#libs/contracts';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { groupView } from './security-group.view.js';
import type { NamedGroup } from './security-group.view.js';

const declaration = declarationOf(SecurityGroup);
const ports = declarationOf(Port);

/** The Network API's security groups in nova's form, as the caller may see them. */
@Injectable()
export class SecurityGroupProxy {
  constructor(private readonly client: ResourceClient) {}

  get(request: FastifyRequest, id: string): Promise<SecurityGroupData> {
    return this.client.get(request, declaration, { id });
  }

  /** Those of one project, or of all that the caller may see. */
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

  /** The groups that rules of these refer to. */
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
