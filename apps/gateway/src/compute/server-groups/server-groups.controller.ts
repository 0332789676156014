import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { GroupPolicy, ServerGroupCreateArgs, ServerGroupData } from '#libs/contracts';
import {
  GROUP_POLICIES,
  InVersions,
  IsName,
  NumberText,
  Optional,
  ServerGroup,
  ServerGroupPage,
} from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf, wholeNumber } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested } from '#libs/messaging';

class ServerGroupRules {
  @NumberText() @Optional() @IsInt() @Min(1) max_server_per_host?: number;
}

class ServerGroupCreate {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @InVersions(1, 63)
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1)
  @IsIn(GROUP_POLICIES, { each: true })
  policies?: GroupPolicy[];
  @InVersions(64) @Optional() @IsIn(GROUP_POLICIES) policy?: GroupPolicy;
  @InVersions(64) @Optional() @IsObject() @ValidateNested() @Nested(() => ServerGroupRules) rules?: ServerGroupRules;
}

/** `POST /os-server-groups`. */
class ServerGroupCreateBody {
  @IsObject() @ValidateNested() @Nested(() => ServerGroupCreate) server_group!: ServerGroupCreate;
}

const SOFT_SINCE = 15;

/** `/os-server-groups`. */
@Controller('v2.1/os-server-groups')
export class ServerGroupsController {
  readonly #conductor: ConductorClient;

  constructor(conductor: ConductorClient) {
    this.#conductor = conductor;
  }

  /** As nova's: by offset, not by marker. */
  @Get()
  @AuthorizeObject('os_compute_api:os-server-groups:index:all_projects', 'os_compute_api:os-server-groups:index')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const query = queryOf(request);
    const all = lastOf(query, 'all_projects') !== undefined && contextOf(request).is_admin;
    const args = all ? { all_projects: true } : {};
    const page = ServerGroupPage.unwrap(await this.#conductor.call(request, 'server_group_list', args));
    const offset = wholeNumber(query, 'offset') ?? 0;
    const limit = wholeNumber(query, 'limit') ?? page.objects.length;
    return { server_groups: page.objects.slice(offset, offset + limit).map((group) => view(request, group)) };
  }

  @Get(':id')
  @Authorize('os_compute_api:os-server-groups:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const page = await this.#conductor.call(request, 'server_group_list', { filters: { id: [id] } });
    const [group] = ServerGroupPage.unwrap(page).objects;
    if (group === undefined) {
      throw new Fault(404, `Instance group ${id} could not be found.`, { code: 'InstanceGroupNotFound' });
    }
    return { server_group: view(request, group) };
  }

  @Post()
  @Authorize('os_compute_api:os-server-groups:create')
  @HttpCode(200)
  async create(
    @Req() request: FastifyRequest,
    @ValidBody(ServerGroupCreateBody) { server_group: group }: ServerGroupCreateBody,
  ): Promise<unknown> {
    const made = await this.#conductor.call(
      request,
      'server_group_create',
      argsOf(group, request.edge.microversion ?? 1),
    );
    return { server_group: view(request, ServerGroup.unwrap(made)) };
  }

  @Delete(':id')
  @Authorize('os_compute_api:os-server-groups:delete')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.#conductor.call(request, 'server_group_delete', { id });
  }
}

/** One policy in a list until 2.63, then the policy and its rules. */
function argsOf(group: ServerGroupCreateBody['server_group'], version: number): ServerGroupCreateArgs {
  const policy = version >= 64 ? group.policy : group.policies?.[0];
  if (policy === undefined) {
    const name = version >= 64 ? 'policy' : 'policies';
    throw new InvalidBody({ field: 'server_group', value: group, reason: `'${name}' is a required property` });
  }
  if (version < SOFT_SINCE && policy.startsWith('soft-')) {
    throw new InvalidBody({
      field: '0',
      value: policy,
      reason: `'${policy}' is not one of ['anti-affinity', 'affinity']`,
    });
  }
  const limit = group.rules?.max_server_per_host;
  if (policy !== 'anti-affinity' && limit !== undefined) {
    throw new Fault(400, 'Only anti-affinity policy supports rules.', { code: 'InvalidInput' });
  }
  return { name: group.name, policy, ...(limit === undefined ? {} : { rules: { max_server_per_host: limit } }) };
}

function view(request: FastifyRequest, group: ServerGroupData): Record<string, unknown> {
  const version = request.edge.microversion ?? 1;
  const { id, name, policy, rules, members, project_id, user_id } = group;
  return {
    id,
    name,
    ...(version >= 64 ? { policy, rules } : { policies: [policy], metadata: {} }),
    members,
    ...(version >= 13 && { project_id, user_id }),
  };
}
