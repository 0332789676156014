import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SecurityGroup, declarationOf, isRecord } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { lastOf, queryOf, wholeNumber } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { LAST_PROXY, proxied, requireUuid } from './proxied.js';
import { SecurityGroupProxy } from './security-group-proxy.js';
import { findServer } from '../servers/find-server.js';

const declaration = declarationOf(SecurityGroup);

/** `/os-security-groups` below 2.36: nova's proxy of the Network API's (nova.api.openstack.compute.security_groups). */
@Controller('v2.1/os-security-groups')
export class SecurityGroupsController {
  constructor(
    @Inject(ResourceClient) private readonly client: ResourceClient,
    @Inject(SecurityGroupProxy) private readonly proxy: SecurityGroupProxy,
  ) {}

  @Get()
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:get')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const query = queryOf(request);
    const context = contextOf(request);
    const all = context.is_admin && lastOf(query, 'all_tenants') !== undefined;
    const groups = await this.proxy.list(request, all ? {} : { project_id: [context.project_id ?? ''] });
    const offset = wholeNumber(query, 'offset') ?? 0;
    const limit = wholeNumber(query, 'limit') || groups.length;
    return { security_groups: groups.slice(offset, offset + limit) };
  }

  @Get(':id')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const [group] = await this.proxy.views(request, [await this.proxy.get(request, requireUuid(id))]);
    return { security_group: group };
  }

  @Post()
  @HttpCode(200)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:create')
  async create(@Req() request: FastifyRequest): Promise<unknown> {
    const input = readGroup(request.body);
    const page = await proxied({ 409: 403 }, () => this.client.create(request, declaration, [input]));
    const [group] = await this.proxy.views(request, page.objects);
    return { security_group: group };
  }

  @Put(':id')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:update')
  async update(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const input = readGroup(request.body);
    const target = { id: requireUuid(id) };
    const changed = await proxied({ 409: 400 }, () => this.client.update(request, declaration, target, input));
    const [group] = await this.proxy.views(request, [changed]);
    return { security_group: group };
  }

  @Delete(':id')
  @HttpCode(202)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:delete')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await proxied({ 409: 400 }, () => this.client.delete(request, declaration, { id: requireUuid(id) }));
  }
}

/** `/servers/{id}/os-security-groups`, in every microversion. */
@Controller('v2.1/servers/:id/os-security-groups')
export class ServerSecurityGroupsController {
  constructor(
    @Inject(ConductorClient) private readonly conductor: ConductorClient,
    @Inject(SecurityGroupProxy) private readonly proxy: SecurityGroupProxy,
  ) {}

  @Get()
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:os-security-groups:list')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const server = await findServer(this.conductor, request, id);
    return { security_groups: await this.proxy.ofServer(request, server) };
  }
}

/** `{"security_group": {"name", "description"}}`; other keys are ignored, as in nova. */
function readGroup(body: unknown): { readonly name: string; readonly description: string } {
  const group = isRecord(body) ? body['security_group'] : undefined;
  if (!isRecord(group)) {
    throw new InvalidBody({ field: '', value: body, reason: "'security_group' is a required property" });
  }
  return { name: textIn(group, 'name'), description: textIn(group, 'description') };
}

function textIn(group: Readonly<Record<string, unknown>>, field: string): string {
  const value = group[field];
  if (value === undefined) {
    throw new InvalidBody({ field: 'security_group', value: group, reason: `'${field}' is a required property` });
  }
  if (typeof value !== 'string') throw new InvalidBody({ field, value, reason: "the value is not of type 'string'" });
  if (value.length > 255) throw new InvalidBody({ field, value, reason: 'the value is too long' });
  if (value.includes('\0')) throw new InvalidBody({ field, value, reason: 'the value contains a NUL character' });
  return value;
}
