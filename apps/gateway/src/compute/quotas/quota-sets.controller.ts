import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { LimitsData } from '#libs/contracts';
import { Limits } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { checkedName, queryOf, valuesOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { versionOf } from '../versions/microversion.js';

const EVER = Number.POSITIVE_INFINITY;

/** Each quota with the last N of the microversions 2.N that has it. */
export const QUOTA_VERSIONS: readonly (readonly [string, number])[] = [
  ['instances', EVER],
  ['cores', EVER],
  ['ram', EVER],
  ['metadata_items', EVER],
  ['key_pairs', EVER],
  ['server_groups', EVER],
  ['server_group_members', EVER],
  ['fixed_ips', 35],
  ['floating_ips', 35],
  ['security_groups', 35],
  ['security_group_rules', 35],
  ['injected_files', 56],
  ['injected_file_content_bytes', 56],
  ['injected_file_path_bytes', 56],
];

/** A limit and its usage. */
interface Amount {
  readonly limit: number;
  readonly used: number;
}

/**
 * The quotas that nova names, by microversion: those of networks were removed in 2.36, of files in 2.57. A resource
 * that is not counted per project has usage 0, as in nova.
 */
function amounts(limits: LimitsData, version: number): Record<string, Amount> {
  const set: Record<string, Amount> = {
    instances: { limit: limits.max_instances, used: limits.used_instances },
    cores: { limit: limits.max_cores, used: limits.used_cores },
    ram: { limit: limits.max_ram, used: limits.used_ram },
    metadata_items: { limit: limits.max_server_metadata, used: 0 },
    key_pairs: { limit: limits.max_keypairs, used: 0 },
    server_groups: { limit: limits.max_server_groups, used: limits.used_server_groups },
    server_group_members: { limit: limits.max_server_group_members, used: 0 },
  };
  if (version < 36) {
    set['fixed_ips'] = { limit: limits.max_fixed_ips, used: 0 };
    set['floating_ips'] = { limit: limits.max_floating_ips, used: 0 };
    set['security_groups'] = { limit: limits.max_security_groups, used: 0 };
    set['security_group_rules'] = { limit: limits.max_security_group_rules, used: 0 };
  }
  if (version < 57) {
    set['injected_files'] = { limit: limits.max_injected_files, used: 0 };
    set['injected_file_content_bytes'] = { limit: limits.max_injected_file_content_bytes, used: 0 };
    set['injected_file_path_bytes'] = { limit: limits.max_injected_file_path_bytes, used: 0 };
  }
  return set;
}

/** The quotas that a microversion has. */
export function quotaNames(version: number): readonly string[] {
  return QUOTA_VERSIONS.filter(([, until]) => version <= until).map(([name]) => name);
}

export function quotaSetView(
  projectId: string,
  limits: LimitsData,
  version: number,
  detailed: boolean,
): { readonly quota_set: Record<string, unknown> } {
  const entries = Object.entries(amounts(limits, version)).map(([name, { limit, used }]) => [
    name,
    detailed ? { limit, in_use: used, reserved: 0 } : limit,
  ]);
  return { quota_set: { id: projectId, ...Object.fromEntries(entries) } };
}

/** `user_id`: the limits of a user within the project. */
export function userOf(request: FastifyRequest): { readonly user_id?: string } {
  const user = valuesOf(queryOf(request), 'user_id').find((value) => value !== '');
  return user === undefined ? {} : { user_id: checkedName(user, 'user_id') };
}

/** `/os-quota-sets`, read only: a project's own limits, those of the class `default`, those of `[quota]`. */
@Controller('v2.1/os-quota-sets')
export class QuotaSetsController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
  ) {}

  @Get(':project')
  @AuthorizeObject('os_compute_api:os-quota-sets:show')
  show(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    return this.#read(request, project, false);
  }

  @Get(':project/detail')
  @AuthorizeObject('os_compute_api:os-quota-sets:detail')
  detail(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    const target = { project_id: project };
    this.edge.policy.authorize(request, 'os_compute_api:os-quota-sets:detail', target);
    return this.#read(request, project, true);
  }

  /** Every caller may read the defaults, whichever project is named. */
  @Get(':project/defaults')
  @Authorize('os_compute_api:os-quota-sets:defaults')
  async defaults(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    const limits = Limits.unwrap(await this.conductor.call(request, 'quota_class_get', { class_name: 'default' }));
    return quotaSetView(project, limits, versionOf(request), false);
  }

  async #read(request: FastifyRequest, project: string, detailed: boolean): Promise<unknown> {
    const args = { project_id: project, ...userOf(request) };
    const limits = Limits.unwrap(await this.conductor.call(request, 'quota_get', args));
    return quotaSetView(project, limits, versionOf(request), detailed);
  }
}
