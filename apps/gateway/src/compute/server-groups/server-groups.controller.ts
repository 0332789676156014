import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { InputOf, ServerGroupCreateArgs, ServerGroupData } from '#libs/contracts';
import { ServerGroup, declarationOf } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf, wholeNumber } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { CreateBody } from '../resource/resource-body.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { resourceView } from '../resource/resource-view.js';
import { versionOf } from '../versions/microversion.js';

const SOFT_SINCE = 15;

/** `/os-server-groups`. */
@Controller('v2.1/os-server-groups')
export class ServerGroupsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly reader: ResourceReader,
  ) {}

  /** Like nova's: by offset, not by marker. */
  @Get()
  @AuthorizeObject('os_compute_api:os-server-groups:index:all_projects', 'os_compute_api:os-server-groups:index')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const query = queryOf(request);
    const all = lastOf(query, 'all_projects') !== undefined && contextOf(request).is_admin;
    const args = all ? { all_projects: true } : {};
    const page = await this.reader.list(request, ServerGroup, args);
    const offset = wholeNumber(query, 'offset') ?? 0;
    const limit = wholeNumber(query, 'limit') ?? page.objects.length;
    return { server_groups: page.objects.slice(offset, offset + limit).map((group) => view(request, group)) };
  }

  @Get(':id')
  @Authorize('os_compute_api:os-server-groups:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { server_group: view(request, await this.reader.one(request, ServerGroup, id)) };
  }

  @Post()
  @Authorize('os_compute_api:os-server-groups:create')
  @HttpCode(200)
  async create(@Req() request: FastifyRequest, @CreateBody(ServerGroup) group: InputOf<ServerGroup>): Promise<unknown> {
    const made = await this.conductor.call(request, 'server_group_create', argsOf(group, versionOf(request)));
    return { server_group: view(request, declarationOf(ServerGroup).object.unwrap(made)) };
  }

  @Delete(':id')
  @Authorize('os_compute_api:os-server-groups:delete')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.conductor.call(request, 'server_group_delete', { id });
  }
}

/** One policy in a list until 2.63, then the policy and its rules. */
function argsOf({ name = '', ...group }: InputOf<ServerGroup>, version: number): ServerGroupCreateArgs {
  const policy = group.policy ?? group.policies?.[0] ?? '';
  if (version < SOFT_SINCE && policy.startsWith('soft-')) {
    throw new InvalidBody({
      field: '0',
      value: policy,
      reason: `'${policy}' is not one of ['anti-affinity', 'affinity']`,
    });
  }
  const hasRules = Object.keys(group.rules ?? {}).length > 0;
  if (policy !== 'anti-affinity' && hasRules) {
    throw new Fault(400, 'Only anti-affinity policy supports rules.', { code: 'InvalidInput' });
  }
  return { name, policy, ...(hasRules ? { rules: group.rules } : {}) };
}

function view(request: FastifyRequest, group: ServerGroupData): Record<string, unknown> {
  const version = versionOf(request);
  const older = version < 64 ? { policies: [group.policy], metadata: {} } : {};
  return resourceView(ServerGroup, group, { version, view: 'detail' }, older);
}
