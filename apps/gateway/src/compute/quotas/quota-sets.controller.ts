import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Limits } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { queryOf, valuesOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { quotaSetView } from './quota-set.view.js';
import { versionOf } from '../versions/version.decorator.js';

/** `user_id`: the limits of a user within the project. */
export function userOf(request: FastifyRequest): { readonly user_id?: string } {
  const user = valuesOf(queryOf(request), 'user_id').find((value) => value !== '');
  return user === undefined ? {} : { user_id: user };
}

/** `/os-quota-sets`, for reading: a project's own limits, those of the class `default`, those of `[quota]`. */
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

  /** Everybody may read the defaults, whichever project is named. */
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
