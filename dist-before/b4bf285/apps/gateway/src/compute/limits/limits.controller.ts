import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Limits } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { limitsView } from './limits.view.js';

/** `/limits`: those of the caller's project. `reserved` changes nothing, since used counts what is committed. */
@Controller('v2.1/limits')
export class LimitsController {
  readonly #conductor: ConductorClient;

  constructor(conductor: ConductorClient) {
    this.#conductor = conductor;
  }

  @Get()
  async show(@Req() request: FastifyRequest): Promise<unknown> {
    const project = lastOf(queryOf(request), 'tenant_id');
    if (project !== undefined && project !== contextOf(request).project_id) {
      throw new Fault(400, 'tenant_id: limits of another project are not available here', { code: 'InvalidInput' });
    }
    const limits = Limits.unwrap(await this.#conductor.call(request, 'limits_get', null));
    return limitsView(limits, request.edge.microversion ?? 1);
  }
}
