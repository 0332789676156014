import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NetworkQuota, shownValue } from '#libs/contracts';
import type { NetworkQuotaData } from '#libs/contracts';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { contextOf } from '../../edge/request-state.js';
import { NetworkClient } from '../../edge/rpc/clients.js';

const LONGEST_ID = 255;

type Amount = NetworkQuotaData[keyof NetworkQuotaData];

/** `/v2.0/quotas`, for reading: the limits of the configuration, which are the same for every project. */
@Controller('v2.0/quotas')
export class QuotasController {
  constructor(@Inject(NetworkClient) private readonly network: NetworkClient) {}

  /** Projects with limits of their own: none. */
  @Get()
  @AnyToken()
  list(): object {
    return { quotas: [] };
  }

  @Get('tenant')
  @AnyToken()
  tenant(@Req() request: FastifyRequest): object {
    const id = contextOf(request).project_id;
    return { tenant: { tenant_id: id, project_id: id } };
  }

  @Get(':project')
  @AnyToken()
  show(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, project, ({ limit }) => limit);
  }

  @Get(':project/default')
  @AnyToken()
  defaults(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, project, ({ limit }) => limit);
  }

  @Get(':project/details')
  @AnyToken()
  details(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, project, ({ limit, used }) => ({ limit, used, reserved: 0 }));
  }

  async #read(request: FastifyRequest, project: string, form: (amount: Amount) => unknown): Promise<object> {
    if (project.length > LONGEST_ID || project.includes('\0')) {
      throw new Fault(404, `Project ${shownValue(project)} could not be found.`, { code: 'ProjectNotFound' });
    }
    const quota = NetworkQuota.unwrap(await this.network.call(request, 'quota_get', { project_id: project }));
    return { quota: Object.fromEntries(Object.entries(quota).map(([name, amount]) => [name, form(amount)])) };
  }
}
