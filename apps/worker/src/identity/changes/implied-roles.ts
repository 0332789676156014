import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ImpliedRoleArgs, RoleInferenceData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import { ROLE_NAME } from '../identity-lists.js';
import type { IdentityChanges } from './identity-changes.js';
import { heldBy } from './role-holders.js';

/** keystone's `[assignment] prohibited_implied_role`: no other role may imply the administrator's role. */
const PROHIBITED = 'admin';

/** Roles that imply other roles. */
export class ImpliedRoles {
  constructor(private readonly changes: IdentityChanges) {}

  async all(ctx: RequestContext): Promise<readonly RoleInferenceData[]> {
    this.changes.authorize(ctx, 'list_role_inference_rules', {});
    return inferences(this.changes.store.db, sql<boolean>`true`);
  }

  async of(ctx: RequestContext, priorId: string): Promise<readonly RoleInferenceData[]> {
    const { db } = this.changes.store;
    const prior = await this.changes.get(db, 'role', priorId);
    this.changes.authorize(ctx, 'list_implied_roles', { prior_role: prior });
    return inferences(db, sql<boolean>`i.prior_role_id = ${priorId}`);
  }

  async get(ctx: RequestContext, args: ImpliedRoleArgs): Promise<RoleInferenceData> {
    const { db } = this.changes.store;
    await this.#authorize(ctx, db, args, 'get_implied_role');
    const [found] = await inferences(db, onRoles(args));
    if (found === undefined) throw notImplied(args);
    return found;
  }

  async create(ctx: RequestContext, args: ImpliedRoleArgs): Promise<void> {
    await this.changes.run({ kind: 'role', name: args.implied_role_id }, async (tx) => {
      const { prior, implied } = await this.#authorize(ctx, tx, args, 'create_implied_role');
      if (implied.name === PROHIBITED) {
        throw new ExpectedError('InvalidImpliedRole', `${implied.id} cannot be an implied roles.`);
      }
      if (prior.domain_id === null && implied.domain_id !== null) {
        throw new ExpectedError('InvalidImpliedRole', 'Global role cannot imply a domain-specific role');
      }
      await sql`
        insert into implied_roles (prior_role_id, implied_role_id)
        values (${args.prior_role_id}, ${args.implied_role_id}) on conflict do nothing`.execute(tx);
    });
  }

  /** Revokes the tokens of users who have the implied role by this rule, also where other roles imply the prior one. */
  async delete(ctx: RequestContext, args: ImpliedRoleArgs): Promise<void> {
    await this.changes.run({ kind: 'role', name: args.implied_role_id }, async (tx) => {
      await this.#authorize(ctx, tx, args, 'delete_implied_role');
      const subjects = await heldBy(
        tx,
        sql`h.role_id in (
          with recursive prior (id) as (
            select ${args.prior_role_id}::text
            union
            select i.prior_role_id from implied_roles i join prior p on i.implied_role_id = p.id
          ) select id from prior)`,
      );
      const result = await sql`delete from implied_roles i where ${onRoles(args)}`.execute(tx);
      if (result.numAffectedRows === 0n) throw notImplied(args);
      await this.changes.revoke(tx, ctx, subjects);
    });
  }

  async #authorize(ctx: RequestContext, db: Queries, args: ImpliedRoleArgs, action: string) {
    const prior = await this.changes.get(db, 'role', args.prior_role_id);
    const implied = await this.changes.get(db, 'role', args.implied_role_id);
    this.changes.authorize(ctx, action, { prior_role: prior, implied_role: implied });
    return { prior, implied };
  }
}

function onRoles({ prior_role_id: prior, implied_role_id: implied }: ImpliedRoleArgs): RawBuilder<boolean> {
  return sql<boolean>`i.prior_role_id = ${prior} and i.implied_role_id = ${implied}`;
}

async function inferences(db: Queries, condition: RawBuilder<boolean>): Promise<readonly RoleInferenceData[]> {
  const result = await sql<RoleInferenceData>`
    select jsonb_build_object('id', p.id, 'name', split_part(p.name, chr(31), 1)) as prior_role,
      jsonb_build_object('id', r.id, 'name', ${ROLE_NAME}) as implies
    from implied_roles i join roles p on p.id = i.prior_role_id join roles r on r.id = i.implied_role_id
    where ${condition} order by p.name, r.name`.execute(db);
  return result.rows;
}

function notImplied({ prior_role_id: prior, implied_role_id: implied }: ImpliedRoleArgs): ExpectedError {
  return new ExpectedError('ImpliedRoleNotFound', `${prior} does not imply ${implied}.`);
}
