import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  DomainData,
  ExpectedErrorCode,
  ListArgs,
  Page,
  ProjectData,
  RoleAssignmentData,
  RoleData,
  UserData,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../listing/get-row.js';
import type { ListDefinition } from '../listing/list-definition.js';
import { listRows } from '../listing/list-rows.js';
import { Authorizer } from '../policy/authorizer.js';
import { Store } from '../store/index.js';
import {
  assignmentList,
  domainList,
  effectiveAssignmentList,
  projectList,
  roleList,
  userList,
} from './identity-lists.js';
import { visibleTo } from './identity-visibility.js';

interface Kinds {
  readonly domain: DomainData;
  readonly project: ProjectData;
  readonly user: UserData;
  readonly role: RoleData;
}

interface Kind {
  readonly list: ListDefinition;
  readonly notFound: ExpectedErrorCode;
}

const kinds: Readonly<Record<keyof Kinds, Kind>> = {
  domain: { list: domainList, notFound: 'DomainNotFound' },
  project: { list: projectList, notFound: 'ProjectNotFound' },
  user: { list: userList, notFound: 'UserNotFound' },
  role: { list: roleList, notFound: 'RoleNotFound' },
};

/** Who and what there is, as far as the caller may see it: administrators all, others what is their own. */
export class IdentityDirectory {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
  ) {}

  async list<K extends keyof Kinds>(ctx: RequestContext, kind: K, args: ListArgs): Promise<Page<Kinds[K]>> {
    const visible = visibleTo(this.authorizer, ctx, kind);
    const { rows, nextMarker } = await listRows<Kinds[K]>(this.store.db, kinds[kind].list, visible, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Errors: DomainNotFound, ProjectNotFound, UserNotFound, RoleNotFound, also for what the caller may not see. */
  async get<K extends keyof Kinds>(ctx: RequestContext, kind: K, id: string): Promise<Kinds[K]> {
    const { list, notFound } = kinds[kind];
    const row = await getRow<Kinds[K]>(this.store.db, list, visibleTo(this.authorizer, ctx, kind), id);
    if (row === null) throw new ExpectedError(notFound, `Could not find ${kind}: ${id}.`, { id });
    return row;
  }

  async assignments(ctx: RequestContext, args: ListArgs): Promise<Page<RoleAssignmentData>> {
    const visible = visibleTo(this.authorizer, ctx, 'role_assignment');
    const { effective, ...filters } = args.filters ?? {};
    const list = effective?.[0] === 'true' ? effectiveAssignmentList : assignmentList;
    const asked = Object.assign({}, args, { filters });
    const page = await listRows<RoleAssignmentData & { id: string }>(this.store.db, list, visible, asked);
    return { objects: page.rows.map(({ id: _id, ...assignment }) => assignment), next_marker: page.nextMarker };
  }

  /** The projects that a user has a role on. Error UserNotFound for another user without the policy's leave. */
  async userProjects(ctx: RequestContext, userId: string): Promise<Page<ProjectData>> {
    if (ctx.user_id !== userId) {
      const user = await this.get(ctx, 'user', userId);
      const target = { 'target.user.id': user.id, 'target.user.domain_id': user.domain_id };
      this.authorizer.authorize(ctx, 'identity', 'identity:list_user_projects', target);
    }
    const assigned = sql<boolean>`exists (
      select 1 from role_assignments a where a.project_id = p.id and a.user_id = ${userId})`;
    const { rows } = await listRows<ProjectData>(this.store.db, projectList, assigned, {});
    return { objects: rows, next_marker: null };
  }
}
