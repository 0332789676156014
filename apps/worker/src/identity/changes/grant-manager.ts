import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { GrantArgs, GrantListArgs, RoleData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import { findOne } from '../identity-kinds.js';
import type { IdentityChanges } from './identity-changes.js';
import { ROLE_NAME } from '../identity-lists.js';
import { getGroup } from './group-members.js';
import { newIdentityId } from './identity-changes.js';
import { endHeld } from './role-holders.js';

/** Roles of users and groups on projects, domains and the system. */
export class GrantManager {
  constructor(private readonly changes: IdentityChanges) {}

  /** Errors: the NotFound of the role, the user, the project or the domain, those of `requireFit`. */
  async create(ctx: RequestContext, args: GrantArgs): Promise<void> {
    await this.changes.run({ kind: 'role', name: args.role_id }, async (tx) => {
      requireFit(args, await this.#authorize(ctx, tx, args, 'create'));
      await tx
        .insertInto('role_assignments')
        .values({ id: newIdentityId(), role_id: args.role_id, ...holderOf(args), ...scopeOf(args) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }

  async delete(ctx: RequestContext, args: GrantArgs): Promise<void> {
    await this.changes.run({ kind: 'role', name: args.role_id }, async (tx) => {
      await this.#authorize(ctx, tx, args, 'revoke');
      const found = await tx
        .selectFrom('role_assignments')
        .select('id')
        .where('role_id', '=', args.role_id)
        .where(onScope(args))
        .forUpdate()
        .executeTakeFirst();
      if (found === undefined) throw assignmentNotFound(args);
      const subjects = await endHeld(tx, sql`h.assignment_id = ${found.id}`);
      await tx.deleteFrom('role_assignments').where('id', '=', found.id).execute();
      await this.changes.revoke(tx, ctx, subjects);
    });
  }

  async check(ctx: RequestContext, args: GrantArgs): Promise<void> {
    const { db } = this.changes.store;
    await this.#authorize(ctx, db, args, 'check');
    const found = await db
      .selectFrom('role_assignments')
      .select('id')
      .where('role_id', '=', args.role_id)
      .where(onScope(args))
      .executeTakeFirst();
    if (found === undefined) throw assignmentNotFound(args);
  }

  async list(ctx: RequestContext, args: GrantListArgs): Promise<readonly RoleData[]> {
    const { db } = this.changes.store;
    await this.#authorize(ctx, db, args, 'list');
    return db
      .selectFrom('role_assignments')
      .innerJoin('roles as r', 'r.id', 'role_assignments.role_id')
      .select(['r.id', ROLE_NAME.as('name'), 'r.domain_id', 'r.description', 'r.options', 'r.extra'])
      .where(onScope(args))
      .orderBy('r.name')
      .execute();
  }

  /**
   * The objects of the grant must exist, and the policy must allow the operation; checked in keystone's order. A role
   * can be removed from a user who no longer exists.
   */
  async #authorize(
    ctx: RequestContext,
    db: Queries,
    args: GrantListArgs & Partial<GrantArgs>,
    action: 'create' | 'revoke' | 'check' | 'list',
  ): Promise<Target> {
    const holder = args.group_id === undefined ? 'user' : 'group';
    const prefix = args.system === 'all' ? `system_grant_for_${holder}` : 'grant';
    const name = action === 'list' ? `list_${prefix.replace('grant', 'grants')}` : `${action}_${prefix}`;
    const target = await this.#target(db, args, action === 'revoke');
    this.changes.authorize(ctx, name, { ...target });
    return target;
  }

  async #target(db: Queries, args: GrantListArgs & Partial<GrantArgs>, isUserOptional: boolean): Promise<Target> {
    const scopes = [args.project_id, args.domain_id, args.system].filter((scope) => scope !== undefined);
    if (scopes.length !== 1) throw new ExpectedError('InvalidInput', 'A grant is on one project, domain or system.');
    const domain = args.domain_id === undefined ? {} : { domain: await this.changes.get(db, 'domain', args.domain_id) };
    const role = args.role_id === undefined ? {} : { role: await this.changes.get(db, 'role', args.role_id) };
    const holder = await this.#holder(db, args, isUserOptional);
    const project =
      args.project_id === undefined ? {} : { project: await this.changes.get(db, 'project', args.project_id) };
    return { ...domain, ...role, ...holder, ...project };
  }

  async #holder(
    db: Queries,
    { user_id: userId, group_id: groupId }: GrantListArgs,
    isOptional: boolean,
  ): Promise<Readonly<Record<string, unknown>>> {
    if ((userId === undefined) === (groupId === undefined)) {
      throw new ExpectedError('InvalidInput', 'A grant is of one user or one group.');
    }
    if (groupId !== undefined) {
      const group = await getGroup(db, groupId).catch((error: unknown) => {
        if (isOptional) return null;
        throw error;
      });
      return group === null ? {} : { group };
    }
    const id = userId ?? '';
    const user = isOptional ? await findOne(db, 'user', id) : await this.changes.get(db, 'user', id);
    return user === null ? {} : { user };
  }
}

/** The policy target of a grant: all objects that the grant names. */
interface Target {
  readonly role?: { readonly domain_id: string | null };
  readonly project?: { readonly domain_id: string | null };
}

interface Scope {
  readonly project_id: string | null;
  readonly domain_id: string | null;
  readonly system: 'all' | null;
  readonly inherited: boolean;
}

function scopeOf({ project_id: project, domain_id: domain, system, inherited }: GrantListArgs): Scope {
  return {
    project_id: project ?? null,
    domain_id: domain ?? null,
    system: system ?? null,
    inherited: inherited ?? false,
  };
}

function holderOf(args: GrantListArgs): { user_id: string | null; group_id: string | null } {
  return { user_id: args.user_id ?? null, group_id: args.group_id ?? null };
}

/**
 * A role of a domain cannot be granted on a project of another domain, or on the system (keystone.assignment.core); on
 * another domain it can. Errors PolicyNotAuthorized, InvalidInput.
 */
function requireFit({ role_id: id, project_id: projectId, system }: GrantArgs, { role, project }: Target): void {
  if (role === undefined || role.domain_id === null) return;
  if (system !== undefined) {
    const text = `Role ${id} is a domain-specific role. Unable to use a domain-specific role in a system assignment.`;
    throw new ExpectedError('InvalidInput', text);
  }
  if (project === undefined || project.domain_id === role.domain_id) return;
  const text = `Project ${projectId} must be in the same domain as the role ${id} being assigned.`;
  throw new ExpectedError('PolicyNotAuthorized', text);
}

function onScope(args: GrantListArgs): RawBuilder<boolean> {
  const { project_id: project, domain_id: domain, system, inherited } = scopeOf(args);
  const { user_id: user, group_id: group } = holderOf(args);
  const own = (column: string): RawBuilder<unknown> => sql.ref(`role_assignments.${column}`);
  return sql<boolean>`${own('user_id')} is not distinct from ${user}::text
    and ${own('group_id')} is not distinct from ${group}::text and coalesce(project_id, '') = ${project ?? ''}
    and ${own('domain_id')} is not distinct from ${domain}::text and system is not distinct from ${system}::text
    and inherited = ${inherited}`;
}

function assignmentNotFound(args: GrantArgs): ExpectedError {
  const where = args.project_id ?? args.domain_id ?? 'system';
  const text = `Could not find role assignment with role: ${args.role_id}, user or group: ${args.user_id ?? args.group_id}, project, domain, or system: ${where}.`;
  return new ExpectedError('RoleAssignmentNotFound', text);
}
