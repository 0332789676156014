import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { GrantArgs, GrantListArgs, RoleData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import type { IdentityChanges } from './identity-changes.js';
import { newIdentityId } from './identity-changes.js';

/** Roles of users on projects, domains and the system. */
export class GrantManager {
  constructor(private readonly changes: IdentityChanges) {}

  /** Errors: the NotFound of the role, the user, the project or the domain. */
  async create(ctx: RequestContext, args: GrantArgs): Promise<void> {
    await this.changes.run('role', args.role_id, async (tx) => {
      await this.#authorize(ctx, tx, args, 'create');
      await tx
        .insertInto('role_assignments')
        .values({ id: newIdentityId(), role_id: args.role_id, user_id: args.user_id, ...scopeOf(args) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }

  async delete(ctx: RequestContext, args: GrantArgs): Promise<void> {
    await this.changes.run('role', args.role_id, async (tx) => {
      await this.#authorize(ctx, tx, args, 'revoke');
      const result = await tx
        .deleteFrom('role_assignments')
        .where('role_id', '=', args.role_id)
        .where(onScope(args))
        .executeTakeFirst();
      if (result.numDeletedRows === 0n) throw assignmentNotFound(args);
      await this.changes.revoke(tx, ctx, [revocationSubject.grant(args.user_id, args)]);
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
      .select(['r.id', 'r.name', 'r.domain_id', 'r.description'])
      .where(onScope(args))
      .orderBy('r.name')
      .execute();
  }

  /** What the grant names must exist, and the caller must be allowed to do this with it. */
  async #authorize(
    ctx: RequestContext,
    db: Queries,
    args: GrantListArgs & Partial<GrantArgs>,
    action: 'create' | 'revoke' | 'check' | 'list',
  ): Promise<void> {
    const prefix = args.system === 'all' ? 'system_grant_for_user' : 'grant';
    const name = action === 'list' ? `list_${prefix.replace('grant', 'grants')}` : `${action}_${prefix}`;
    // Before anything is looked up: who may not at all learns nothing of what there is.
    const target = await this.#target(db, args).catch((error: unknown) => {
      this.changes.authorize(ctx, name, {});
      throw error;
    });
    this.changes.authorize(ctx, name, target);
  }

  async #target(db: Queries, args: GrantListArgs & Partial<GrantArgs>): Promise<Record<string, unknown>> {
    const scopes = [args.project_id, args.domain_id, args.system].filter((scope) => scope !== undefined);
    if (scopes.length !== 1) throw new ExpectedError('InvalidInput', 'A grant is on one project, domain or system.');
    return {
      user: await this.changes.get(db, 'user', args.user_id),
      ...(args.role_id === undefined ? {} : { role: await this.changes.get(db, 'role', args.role_id) }),
      ...(args.project_id === undefined ? {} : { project: await this.changes.get(db, 'project', args.project_id) }),
      ...(args.domain_id === undefined ? {} : { domain: await this.changes.get(db, 'domain', args.domain_id) }),
    };
  }
}

function scopeOf(args: GrantListArgs): { project_id: string | null; domain_id: string | null; system: 'all' | null } {
  return { project_id: args.project_id ?? null, domain_id: args.domain_id ?? null, system: args.system ?? null };
}

function onScope(args: GrantListArgs): RawBuilder<boolean> {
  const { project_id: project, domain_id: domain, system } = scopeOf(args);
  return sql<boolean>`user_id = ${args.user_id} and coalesce(project_id, '') = ${project ?? ''}
    and role_assignments.domain_id is not distinct from ${domain}::text and system is not distinct from ${system}::text`;
}

function assignmentNotFound(args: GrantArgs): ExpectedError {
  const where = args.project_id ?? args.domain_id ?? 'system';
  const text = `Could not find role assignment with role: ${args.role_id}, user or group: ${args.user_id}, project, domain, or system: ${where}.`;
  return new ExpectedError('RoleAssignmentNotFound', text);
}
