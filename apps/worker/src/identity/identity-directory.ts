import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  DomainData,
  ListArgs,
  Page,
  ProjectData,
  ProjectRelativesArgs,
  RoleAssignmentData,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { listRows } from '../listing/list-rows.js';
import { Store } from '../store/index.js';
import { KINDS, getAllowed, getOne } from './identity-kinds.js';
import type { IdentityKindName, IdentityKinds } from './identity-kinds.js';
import { assignmentList, domainList, effectiveAssignmentList, projectList } from './identity-lists.js';
import { IdentityPolicy } from './identity-policy.js';

type ListedKind = 'domain' | 'project' | 'user' | 'role' | 'role_assignment';

/**
 * The rows of a kind that a list shows: all; with a domain-scoped token only those of that domain, for an administrator
 * too. Global roles belong to no domain. Returns a condition on the alias of the kind's list definition. Error
 * PolicyNotAuthorized.
 */
function listedRows(policy: IdentityPolicy, ctx: RequestContext, kind: ListedKind): RawBuilder<boolean> {
  const { domain_id: domainId } = ctx;
  policy.authorize(ctx, `list_${kind}s`, domainId === null ? {} : targetOf(kind, domainId));
  return domainId === null ? sql<boolean>`true` : rowsOfDomain[kind](domainId);
}

function targetOf(kind: ListedKind, domainId: string): Readonly<Record<string, unknown>> {
  return kind === 'domain' ? { domain: { id: domainId } } : { domain_id: domainId };
}

const rowsOfDomain: Readonly<Record<ListedKind, (domainId: string) => RawBuilder<boolean>>> = {
  domain: (domainId) => sql<boolean>`d.id = ${domainId}`,
  project: (domainId) => sql<boolean>`p.domain_id = ${domainId}`,
  user: (domainId) => sql<boolean>`u.domain_id = ${domainId}`,
  role: () => sql<boolean>`true`,
  role_assignment: (domainId) => sql<boolean>`(a.domain_id = ${domainId} or p.domain_id = ${domainId})`,
};

/** Reads the directory, as far as the policy allows the caller. */
export class IdentityDirectory {
  constructor(
    private readonly store: Store,
    private readonly policy: IdentityPolicy,
  ) {}

  /** Error PolicyNotAuthorized. */
  async list<K extends IdentityKindName>(
    ctx: RequestContext,
    kind: K,
    args: ListArgs,
  ): Promise<Page<IdentityKinds[K]>> {
    const isOfDomain = kind === 'role' && (args.filters?.['domain_id'] ?? ['']).some((id) => id !== '');
    if (isOfDomain) this.policy.authorize(ctx, 'list_domain_roles');
    const listed = isOfDomain ? sql<boolean>`true` : listedRows(this.policy, ctx, kind);
    const shown = kind === 'project' ? sql<boolean>`(${listed} and ${projectsFor(args)})` : listed;
    const { rows, nextMarker } = await listRows<IdentityKinds[K]>(this.store.db, KINDS[kind].list, shown, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Errors: PolicyNotAuthorized, DomainNotFound, ProjectNotFound, UserNotFound, RoleNotFound. */
  get<K extends IdentityKindName>(ctx: RequestContext, kind: K, id: string): Promise<IdentityKinds[K]> {
    return getAllowed(this.policy, ctx, this.store.db, { kind, id, action: 'get' });
  }

  /** Errors: PolicyNotAuthorized, and for the assignments of a subtree InvalidInput, ProjectNotFound. */
  async assignments(ctx: RequestContext, args: ListArgs): Promise<Page<RoleAssignmentData>> {
    const { effective, include_subtree: subtree, ...filters } = args.filters ?? {};
    const isEffective = effective?.[0] === 'true';
    const list = isEffective ? effectiveAssignmentList : assignmentList;
    const isTree = subtree?.[0] === 'true';
    const listed = isTree ? await this.#subtreeRows(ctx, filters) : listedRows(this.policy, ctx, 'role_assignment');
    // As in keystone: effective assignments neither filter by the system nor include it.
    const { system: _system, ...others } = filters;
    const asked = Object.assign({}, args, { filters: isEffective ? others : filters });
    const withSubtree = isTree ? Object.assign(asked, { filters: inSubtree(asked.filters) }) : asked;
    const page = await listRows<RoleAssignmentData & { id: string }>(this.store.db, list, listed, withSubtree);
    return { objects: page.rows.map(({ id: _id, ...assignment }) => assignment), next_marker: page.nextMarker };
  }

  async #subtreeRows(
    ctx: RequestContext,
    filters: Readonly<Record<string, readonly string[]>>,
  ): Promise<ReturnType<typeof listedRows>> {
    const [projectId] = filters['project_id'] ?? [];
    const action = 'list_role_assignments_for_tree';
    if (projectId === undefined) {
      this.policy.authorize(ctx, action);
      const text = 'scope.project.id must be specified if include_subtree is also specified';
      throw new ExpectedError('InvalidInput', text);
    }
    const project = await getOne(this.store.db, 'project', projectId);
    this.policy.authorize(ctx, action, { project, domain_id: project.domain_id });
    return sql<boolean>`true`;
  }

  /**
   * The projects on which a user has a role: callers may list their own; for another user the policy decides. Errors:
   * PolicyNotAuthorized, UserNotFound.
   */
  async userProjects(ctx: RequestContext, userId: string, args: ListArgs = {}): Promise<Page<ProjectData>> {
    if (ctx.user_id !== userId) await this.#requireUser(ctx, userId);
    const assigned = sql<boolean>`not p.is_domain and exists (
      select 1 from held_roles h where h.project_id = p.id and h.user_id = ${userId})`;
    const { rows } = await listRows<ProjectData>(this.store.db, projectList, assigned, args);
    return { objects: rows, next_marker: null };
  }

  /** The projects above or below a project that the caller may see. Errors: PolicyNotAuthorized, ProjectNotFound. */
  async relatives(ctx: RequestContext, { id, relatives, own }: ProjectRelativesArgs): Promise<Page<ProjectData>> {
    await this.get(ctx, 'project', id);
    // The parent of a project without a parent is its domain.
    const step =
      relatives === 'parents'
        ? sql`select coalesce(q.parent_id, q.domain_id), t.depth + 1 from projects q join tree t on q.id = t.id`
        : sql`select q.id, t.depth + 1 from projects q join tree t on coalesce(q.parent_id, q.domain_id) = t.id`;
    const { rows } = await sql<ProjectData>`
      with recursive tree (id, depth) as (select ${id}::text, 0 union all ${step})
      select ${projectList.select} from ${projectList.from} join tree on tree.id = p.id
      where tree.depth > 0 and (not ${own}::boolean or exists (
        select 1 from held_roles h where h.user_id = ${ctx.user_id} and h.project_id = p.id))
      order by tree.depth, p.name`.execute(this.store.db);
    return { objects: rows, next_marker: null };
  }

  /** The domains on which the caller has a role. */
  async ownDomains(ctx: RequestContext): Promise<Page<DomainData>> {
    const assigned = sql<boolean>`exists (
      select 1 from held_roles h where h.domain_id = d.id and h.user_id = ${ctx.user_id})`;
    const { rows } = await listRows<DomainData>(this.store.db, domainList, assigned, {});
    return { objects: rows, next_marker: null };
  }

  /** Whether the caller has a role on the whole system. */
  async hasSystemRole(ctx: RequestContext): Promise<boolean> {
    const found = await sql`
      select 1 from held_roles h where h.user_id = ${ctx.user_id} and h.system = 'all' limit 1`.execute(this.store.db);
    return found.rows.length > 0;
  }

  async #requireUser(ctx: RequestContext, userId: string): Promise<void> {
    const found = await this.store.db
      .selectFrom('users')
      .select(['id', 'domain_id'])
      .where('id', '=', userId)
      .executeTakeFirst();
    this.policy.authorize(ctx, 'list_user_projects', found === undefined ? {} : { user: found });
    if (found === undefined) await getOne(this.store.db, 'user', userId);
  }
}

/** Domains are listed among the projects only on request. */
function projectsFor({ filters = {} }: ListArgs): RawBuilder<boolean> {
  return 'is_domain' in filters ? sql<boolean>`true` : sql<boolean>`not p.is_domain`;
}

/** Replaces the project in the filter by the root of a subtree. */
function inSubtree({
  project_id: ids = [],
  ...others
}: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> {
  return { ...others, subtree: ids };
}
