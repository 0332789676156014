import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NetworkQuota, shownValue } from '#libs/contracts';
import { AnyToken, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { contextOf } from '../../edge/request-state.js';
import { NetworkClient } from '../../edge/rpc/clients.js';
import { quotaForms, quotaView, readLimits } from './quota-form.js';

const LONGEST_ID = 255;

/** `/v2.0/quotas` (neutron.extensions.quotasv2, quotasv2_detail). */
@Controller('v2.0/quotas')
export class QuotasController {
  constructor(@Inject(NetworkClient) private readonly network: NetworkClient) {}

  /** Projects with limits of their own. */
  @Get()
  @AuthorizeObject('get_quota')
  async list(@Req() request: FastifyRequest): Promise<object> {
    const found = await this.network.call(request, 'quota_list', null);
    return {
      quotas: found.map(({ project_id: project, limits }) => ({ ...limits, project_id: project, tenant_id: project })),
    };
  }

  @Get('tenant')
  @AnyToken()
  tenant(@Req() request: FastifyRequest): object {
    const id = ownProject(request);
    return { tenant: { tenant_id: id, project_id: id } };
  }

  @Get('project')
  @AnyToken()
  project(@Req() request: FastifyRequest): object {
    const id = ownProject(request);
    return { project: { project_id: id, tenant_id: id } };
  }

  @Get(':project')
  @AnyToken()
  show(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, 'quota_get', project, 'limits');
  }

  @Get(':project/default')
  @AnyToken()
  defaults(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, 'quota_defaults', project, 'limits');
  }

  @Get(':project/details')
  @AnyToken()
  details(@Req() request: FastifyRequest, @Param('project') project: string): Promise<object> {
    return this.#read(request, 'quota_get', project, 'details');
  }

  @Put(':project')
  @AuthorizeObject('update_quota')
  async update(
    @Req() request: FastifyRequest,
    @Param('project') project: string,
    @Body() body: unknown,
  ): Promise<object> {
    const args = { project_id: checkedProject(project), ...readLimits(body) };
    return quotaView(NetworkQuota.unwrap(await this.network.call(request, 'quota_update', args)), quotaForms.limits);
  }

  @Delete(':project')
  @AuthorizeObject('delete_quota')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('project') project: string): Promise<void> {
    await this.network.call(request, 'quota_delete', { project_id: checkedProject(project) });
  }

  async #read(
    request: FastifyRequest,
    method: 'quota_get' | 'quota_defaults',
    project: string,
    form: keyof typeof quotaForms,
  ): Promise<object> {
    const args = { project_id: checkedProject(project) };
    return quotaView(NetworkQuota.unwrap(await this.network.call(request, method, args)), quotaForms[form]);
  }
}

function checkedProject(id: string): string {
  if (id.length <= LONGEST_ID && !id.includes('\0')) return id;
  throw new Fault(404, `Project ${shownValue(id)} could not be found.`, { code: 'ProjectNotFound' });
}

function ownProject(request: FastifyRequest): string {
  const { project_id: id } = contextOf(request);
  if (id !== null) return id;
  throw new Fault(400, 'Tenant-id was missing from quota request.', { code: 'QuotaMissingTenant' });
}
