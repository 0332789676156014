import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ProjectCreateArgs, ProjectData, ResourceOptions } from '#libs/contracts';
import { IsResourceOptions, Project, ProjectPage } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { createArgs, domainFor, updateArgs } from '../collection/change-args.js';
import type { RawQuery } from '../collection/collection-query.js';
import { listArgs } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/object-id.js';
import type { ResourceBody } from '../collection/resource-body.decorator.js';
import { BodyOf } from '../collection/resource-body.decorator.js';
import { projectView } from './projects.view.js';
import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';
import { IsTags } from './tags.decorator.js';

class ProjectFields {
  @MayBeAbsent() @IsResourceOptions('project') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @MayBeAbsent() @IsBoolean() readonly enabled?: boolean;
  @MayBeAbsent() @IsTags() readonly tags?: readonly string[];
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly parent_id?: string | null;
  @MayBeAbsent() @IsBoolean() readonly is_domain?: boolean;
}

/** `project` of `POST /v3/projects`. */
class ProjectCreate extends ProjectFields {
  @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name!: string;
}

/** `project` of `PATCH /v3/projects/{id}`. */
class ProjectUpdate extends ProjectFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name?: string;
}

const TAG_FILTERS = { tags: 'tags', 'tags-any': 'tags-any', 'not-tags': 'not-tags', 'not-tags-any': 'not-tags-any' };
const FILTERS = {
  id: 'id',
  name: 'name',
  enabled: 'enabled',
  domain_id: 'domain_id',
  parent_id: 'parent_id',
  is_domain: 'is_domain',
  ...TAG_FILTERS,
};

@Controller('v3/projects')
export class ProjectsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get()
  @AuthorizeObject('identity:list_projects')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.policy.authorizeList(request, 'project');
    const args = listArgs(query, FILTERS);
    const page = ProjectPage.unwrap(await this.identity.call(request, 'project_list', args));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  @Get(':id')
  @AuthorizeObject('identity:get_project')
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Query() query: RawQuery): Promise<object> {
    const args = { id: objectId('project', id) };
    const [parents, subtree] = [formOf(query, 'parents'), formOf(query, 'subtree')];
    const project = Project.unwrap(await this.identity.call(request, 'project_get', args));
    return {
      project: {
        ...projectView(baseUrl(request), project),
        ...(parents === undefined ? {} : { parents: await this.#relatives(request, project, 'parents', parents) }),
        ...(subtree === undefined ? {} : { subtree: await this.#relatives(request, project, 'subtree', subtree) }),
      },
    };
  }

  /** As keystone: a list has only what the caller has a role on, ids are of all. */
  async #relatives(
    request: FastifyRequest,
    { id }: ProjectData,
    relatives: 'parents' | 'subtree',
    form: RelativesForm,
  ): Promise<object | null> {
    const args = { id, relatives, own: form === 'list' };
    const { objects } = ProjectPage.unwrap(await this.identity.call(request, 'project_relatives', args));
    if (form === 'list') return objects.map((project) => ({ project: projectView(baseUrl(request), project) }));
    return relatives === 'parents' ? chainOf(objects) : treeBelow(id, objects);
  }

  @Post()
  @AuthorizeObject('identity:create_project')
  async create(
    @Req() request: FastifyRequest,
    @BodyOf({ fields: ProjectCreate, key: 'project' }) body: ResourceBody<ProjectCreate>,
  ): Promise<object> {
    // Before a domain is chosen for a body without one: the manager of a domain has to name it.
    const { domain_id: domainId } = body.fields;
    this.policy.authorize(request, 'create_project', {
      project: domainId === undefined ? {} : { domain_id: domainId },
    });
    const args = projectArgs(request, body);
    const project = Project.unwrap(await this.identity.call(request, 'project_create', args));
    return { project: projectView(baseUrl(request), project) };
  }

  @Patch(':id')
  @AuthorizeObject('identity:update_project')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @BodyOf({ fields: ProjectUpdate, key: 'project' }) body: ResourceBody<ProjectUpdate>,
  ): Promise<object> {
    const args = updateArgs('project', id, body);
    const project = Project.unwrap(await this.identity.call(request, 'project_update', args));
    await this.edge.revocations.refreshNow();
    return { project: projectView(baseUrl(request), project) };
  }

  @Delete(':id')
  @AuthorizeObject('identity:delete_project')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'project_delete', { id: objectId('project', id) });
    await this.edge.revocations.refreshNow();
  }
}

type RelativesForm = 'list' | 'ids';

/** Of `parents_as_list` and its like; keystone takes every value but 0 for true. Error: Fault 400 for both forms at once. */
function formOf(query: RawQuery, relatives: 'parents' | 'subtree'): RelativesForm | undefined {
  const [asList, asIds] = [`${relatives}_as_list`, `${relatives}_as_ids`];
  const isAsked = (name: string): boolean => query[name] !== undefined && query[name] !== '0';
  if (isAsked(asList) && isAsked(asIds)) {
    throw new Fault(400, `Cannot use ${asList} and ${asIds} query params at the same time.`);
  }
  if (isAsked(asList)) return 'list';
  return isAsked(asIds) ? 'ids' : undefined;
}

/** Ids of parents, each within the one below it; null above the last. */
const chainOf = (parents: readonly ProjectData[]): object | null =>
  parents.reduceRight<object | null>((above, { id }) => ({ [id]: above }), null);

/** Ids of children with those of theirs; null for none. In one pass: a domain may have very many. */
function treeBelow(rootId: string, projects: readonly ProjectData[]): object | null {
  const children = new Map<string | null, string[]>();
  for (const { id, parent_id: parentId, domain_id: domainId } of projects) {
    const parent = parentId ?? domainId;
    const ids = children.get(parent);
    if (ids === undefined) children.set(parent, [id]);
    else ids.push(id);
  }
  const below = (id: string): object | null => {
    const ids = children.get(id);
    return ids === undefined ? null : Object.fromEntries(ids.map((child) => [child, below(child)]));
  };
  return below(rootId);
}

function projectArgs(request: FastifyRequest, body: ResourceBody<ProjectCreate>): ProjectCreateArgs {
  const args = createArgs(body);
  if (args.is_domain === true) return args;
  return Object.assign(args, { domain_id: domainFor(request, args.domain_id) });
}
