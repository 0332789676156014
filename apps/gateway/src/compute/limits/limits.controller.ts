import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Limits } from '#libs/contracts';
import type { LimitsData, VersionedObject } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { limitsView } from './limits.view.js';

/** `/limits`: those of the caller's project, or of `tenant_id`. `reserved` changes nothing, since used counts what is committed. */
@Controller('v2.1/limits')
export class LimitsController {
  readonly #conductor: ConductorClient;
  readonly #edge: Edge;

  constructor(conductor: ConductorClient, edge: Edge) {
    this.#conductor = conductor;
    this.#edge = edge;
  }

  @Get()
  @AuthorizeObject('os_compute_api:limits:other_project', 'os_compute_api:limits')
  async show(@Req() request: FastifyRequest): Promise<unknown> {
    const limits = Limits.unwrap(await this.#read(request, lastOf(queryOf(request), 'tenant_id')));
    return limitsView(limits, request.edge.microversion ?? 1);
  }

  /** As nova asks for every project that is named, the caller's own too. */
  #read(request: FastifyRequest, project: string | undefined): Promise<VersionedObject<LimitsData>> {
    if (project === undefined) return this.#conductor.call(request, 'limits_get', null);
    this.#edge.policy.authorize(request, 'os_compute_api:limits:other_project');
    return this.#conductor.call(request, 'quota_get', { project_id: project }, { elevated: true });
  }
}
