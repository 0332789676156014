import { Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IsObject, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { Domain, declarationOf, Project, ProjectPage, Role, User } from '#libs/contracts';
import type { InputOf, ProjectData } from '#libs/contracts';
import { Nested } from '#libs/messaging';
import { directoryController } from './directory.controller.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { domainFor, valueOf, Filters, collectionView, objectId } from '../collection/collection.js';
import type { RawQuery, Filtered } from '../collection/collection.js';
import { projectView } from './resource-view.js';
import { AuthorizeObject, Open } from '../../edge/access/access.decorators.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';

/** `/domains`. */
export class DomainsController extends directoryController(declarationOf(Domain)) {}

const TAG_FILTERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'];

/** `/projects`, with their parents and the projects below them. */
export class ProjectsController extends directoryController(declarationOf(Project), { filters: TAG_FILTERS }) {
  protected override async moreOf(request: FastifyRequest, project: ProjectData, query: RawQuery): Promise<object> {
    const more: Record<string, unknown> = {};
    const forms = (['parents', 'subtree'] as const).map((relatives) => [relatives, formOf(query, relatives)] as const);
    for (const [relatives, form] of forms) {
      if (form !== undefined) more[relatives] = await this.#relatives(request, project, relatives, form);
    }
    return more;
  }

  protected override createArgs(request: FastifyRequest, input: InputOf<Project>): object {
    // Before a domain is chosen for a body without one: the manager of a domain must name it.
    const { domain_id: domainId } = input;
    const target = domainId === undefined ? {} : { domain_id: domainId };
    this.policy.authorize(request, 'create_project', { project: target });
    return input.is_domain === true ? input : { ...input, domain_id: domainFor(request, domainId) };
  }

  /** As in keystone: a list contains only projects on which the caller has a role; ids are those of all projects. */
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
}

type RelativesForm = 'list' | 'ids';

/**
 * The form for `parents_as_list` and similar parameters; keystone accepts every value but 0 as true. Error: Fault 400
 * for both forms at once.
 */
function formOf(query: RawQuery, relatives: 'parents' | 'subtree'): RelativesForm | undefined {
  const [asList, asIds] = [`${relatives}_as_list`, `${relatives}_as_ids`];
  const isAsked = (name: string): boolean => query[name] !== undefined && query[name] !== '0';
  if (isAsked(asList) && isAsked(asIds)) {
    throw new Fault(400, `Cannot use ${asList} and ${asIds} query params at the same time.`);
  }
  if (isAsked(asList)) return 'list';
  return isAsked(asIds) ? 'ids' : undefined;
}

/** Ids of parents, each nested in the one below it; null above the last. */
const chainOf = (parents: readonly ProjectData[]): object | null =>
  parents.reduceRight<object | null>((above, { id }) => ({ [id]: above }), null);

/** Ids of children with those of their children; null for none. In one pass: a domain may have very many. */
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

/** `/roles`; those of a domain have separate rules, which the worker checks with the row. */
export class RolesController extends directoryController(declarationOf(Role)) {
  protected override authorizeList(request: FastifyRequest, query: RawQuery): void {
    if (valueOf(query, 'domain_id')) this.policy.authorize(request, 'list_domain_roles');
    else super.authorizeList(request, query);
  }

  /** Without the filter only roles that belong to no domain are listed (keystone/api/roles.py). */
  protected override listArgs(args: Filtered, query: RawQuery): object {
    if (valueOf(query, 'domain_id')) return args;
    return Object.assign({}, args, { filters: { ...args.filters, domain_id: [''] } });
  }
}

class PasswordChange {
  @IsString() @MaxLength(4096) readonly original_password!: string;
  @IsString() @MinLength(1) @MaxLength(4096) readonly password!: string;
}

/** `POST /v3/users/{id}/password`. */
class PasswordChangeBody {
  @IsObject() @ValidateNested() @Nested(() => PasswordChange) readonly user!: PasswordChange;
}

/** `/users`. */
export class UsersController extends directoryController(declarationOf(User)) {
  /** The projects on which a user has a role. */
  @Get(':id/projects')
  @AuthorizeObject('identity:list_user_projects')
  async projects(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Filters({ names: ['name', 'enabled', 'domain_id'] }) { filters }: Filtered,
  ): Promise<object> {
    const user = { user_id: objectId('user', id) };
    const args = Object.keys(filters).length === 0 ? user : { ...user, filters };
    const page = ProjectPage.unwrap(await this.identity.call(request, 'user_projects', args));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  /** A user's own change of password by the current password, even if it has expired; it ends all the user's tokens. */
  @Post(':id/password')
  @Open()
  @HttpCode(204)
  async changePassword(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(PasswordChangeBody) body: PasswordChangeBody,
  ): Promise<void> {
    const { original_password, password } = body.user;
    const args = { user_id: objectId('user', id), original_password, password };
    await this.identity.call(request, 'user_change_password', args);
    await this.edge.revocations.refreshNow();
  }

  protected override createArgs(request: FastifyRequest, input: InputOf<User>): object {
    // Before a domain is chosen for a body without one: the manager of a domain must name it.
    const { domain_id: domainId } = input;
    this.policy.authorize(request, 'create_user', { user: domainId === undefined ? {} : { domain_id: domainId } });
    return { ...this.updateArgs(input), domain_id: domainFor(request, domainId) };
  }

  protected override updateArgs({ federated: _federated, ...input }: InputOf<User>): object {
    return input;
  }
}
