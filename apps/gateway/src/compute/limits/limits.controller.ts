import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { LimitsData, VersionedObject } from '#libs/contracts';
import { Limits } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { nameIn, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { versionOf } from '../versions/microversion.js';

/**
 * Absolute limits by microversion: those of networks were removed in 2.36, of image metadata in 2.39, of files in 2.57.
 */
function limitsView(limits: LimitsData, version: number): Record<string, unknown> {
  const absolute: Record<string, number> = {
    maxTotalInstances: limits.max_instances,
    maxTotalCores: limits.max_cores,
    maxTotalRAMSize: limits.max_ram,
    maxTotalKeypairs: limits.max_keypairs,
    maxServerMeta: limits.max_server_metadata,
    maxServerGroups: limits.max_server_groups,
    maxServerGroupMembers: limits.max_server_group_members,
    totalInstancesUsed: limits.used_instances,
    totalCoresUsed: limits.used_cores,
    totalRAMUsed: limits.used_ram,
    totalServerGroupsUsed: limits.used_server_groups,
  };
  // Shown, but not enforced: the Network API has its own limits.
  if (version < 36) {
    absolute['maxTotalFloatingIps'] = limits.max_floating_ips;
    absolute['maxSecurityGroups'] = limits.max_security_groups;
    absolute['maxSecurityGroupRules'] = limits.max_security_group_rules;
    Object.assign(absolute, { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 });
  }
  if (version < 39) absolute['maxImageMeta'] = limits.max_server_metadata;
  if (version < 57) {
    absolute['maxPersonality'] = limits.max_injected_files;
    absolute['maxPersonalitySize'] = limits.max_injected_file_content_bytes;
  }
  return { limits: { rate: [], absolute } };
}

/**
 * `/limits`: those of the caller's project, or of `tenant_id`. `reserved` has no effect, since used counts committed
 * resources.
 */
@Controller('v2.1/limits')
export class LimitsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly edge: Edge,
  ) {}

  @Get()
  @AuthorizeObject('os_compute_api:limits:other_project', 'os_compute_api:limits')
  async show(@Req() request: FastifyRequest): Promise<unknown> {
    const limits = Limits.unwrap(await this.#read(request, nameIn(queryOf(request), 'tenant_id')));
    return limitsView(limits, versionOf(request));
  }

  /** Checks the rule for every project that is named, including the caller's own, as nova does. */
  #read(request: FastifyRequest, project: string | undefined): Promise<VersionedObject<LimitsData>> {
    if (project === undefined) return this.conductor.call(request, 'limits_get', null);
    this.edge.policy.authorize(request, 'os_compute_api:limits:other_project');
    return this.conductor.call(request, 'quota_get', { project_id: project }, { elevated: true });
  }
}
