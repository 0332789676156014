import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NetworkQuota } from '#libs/contracts';
import type { NetworkQuotaData } from '#libs/contracts';
import { contextOf } from '../../edge/request-state.js';
import { NetworkClient } from '../../edge/rpc/clients.js';

type Amount = NetworkQuotaData[keyof NetworkQuotaData];

/** `/v2.0/quotas`, for reading: the limits of the configuration, which are the same for every project. */
@Controller('v2.0/quotas')
export class QuotasController {
  constructor(@Inject(NetworkClient) private readonly network: NetworkClient) {}

  /** Projects with limits of their own: none. */
  @Get()
  list(): object {
    return { quotas: [] };
  }

  @Get('tenant')
  tenant(@Req() request: FastifyRequest): object {
    const id = contextOf(request).project_id;
    return { tenant: { tenant_id: id, project_id: id } };
  }

  @Get(':project')
  show(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, project, ({ limit }) => limit);
  }

  @Get(':project/default')
  defaults(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, project, ({ limit }) => limit);
  }

  @Get(':project/details')
  details(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, project, ({ limit, used }) => ({ limit, used, reserved: 0 }));
  }

  async #read(request: FastifyRequest, project: string, form: (amount: Amount) => unknown): Promise<object> {
    const quota = NetworkQuota.unwrap(await this.network.call(request, 'quota_get', { project_id: project }));
    return { quota: Object.fromEntries(Object.entries(quota).map(([name, amount]) => [name, form(amount)])) };
  }
}
