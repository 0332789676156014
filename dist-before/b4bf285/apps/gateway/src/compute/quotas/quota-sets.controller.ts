import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Limits } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { quotaSetView } from './quota-set.view.js';

/** `/os-quota-sets`, for reading: the limits of `[quota]`, which are the same for every project. */
@Controller('v2.1/os-quota-sets')
export class QuotaSetsController {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  @Get(':project')
  show(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    return this.#read(request, project, false);
  }

  @Get(':project/detail')
  detail(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    const target = { project_id: project };
    this.#edge.policy.authorize(request, 'os_compute_api:os-quota-sets:detail', target);
    return this.#read(request, project, true);
  }

  /** Everybody may read the defaults, whichever project is named: they are read as the caller's own. */
  @Get(':project/defaults')
  async defaults(@Req() request: FastifyRequest, @Param('project') project: string): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-quota-sets:defaults');
    const limits = Limits.unwrap(await this.#conductor.call(request, 'limits_get', null));
    return quotaSetView(project, limits, request.edge.microversion ?? 1, false);
  }

  async #read(request: FastifyRequest, project: string, detailed: boolean): Promise<unknown> {
    const limits = Limits.unwrap(await this.#conductor.call(request, 'quota_get', { project_id: project }));
    return quotaSetView(project, limits, request.edge.microversion ?? 1, detailed);
  }
}
