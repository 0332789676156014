import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type { TrustArgs, TrustCreateArgs, TrustData, TrustListArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../../store/index.js';
import type { IdentityChanges } from '../changes/identity-changes.js';
import { newIdentityId } from '../changes/identity-changes.js';
import type { IdentityPolicy } from '../identity-policy.js';
import { delegationOf, forbiddenAction, futureTime, namedRoles, rolesById } from './delegated-roles.js';

/** keystone's `[trust] max_redelegation_count`. */
const MOST_REDELEGATIONS = 3;

export interface TrustRow extends Omit<TrustData, 'roles'> {
  readonly role_ids: readonly string[];
}

/** Trusts that can still be used; `withUsedUp`: also those by which no further token is made. */
export async function trustRows(
  db: Queries,
  where: RawBuilder<unknown>,
  withUsedUp = false,
): Promise<readonly TrustRow[]> {
  const result = await sql<TrustRow>`
    select t.id, t.trustor_user_id, t.trustee_user_id, t.project_id, t.impersonation, t.role_ids, t.remaining_uses,
      t.redelegation_count, t.redelegated_trust_id,
      to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at
    from trusts t where ${where} and (t.expires_at is null or t.expires_at > business_now())
      and (${withUsedUp} or t.remaining_uses is null or t.remaining_uses > 0) order by t.id`.execute(db);
  return result.rows;
}

/** The trust, and those that it was made by, the nearest first. */
export async function trustChain(db: Queries, id: string, withUsedUp = false): Promise<readonly TrustRow[]> {
  const chain: TrustRow[] = [];
  for (let next: string | null = id; next !== null;) {
    const [trust]: readonly TrustRow[] = await trustRows(db, sql`t.id = ${next}`, withUsedUp);
    if (trust === undefined) return [];
    chain.push(trust);
    next = trust.redelegated_trust_id;
  }
  return chain;
}

/** What a trustor lets a trustee do in its name. */
export class Trusts {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly policy: IdentityPolicy,
  ) {}

  async list(
    ctx: RequestContext,
    { trustor_user_id: trustor, trustee_user_id: trustee }: TrustListArgs,
  ): Promise<readonly TrustData[]> {
    if (trustor !== undefined) {
      this.policy.authorize(ctx, 'list_trusts_for_trustor', { trust: { trustor_user_id: trustor } });
    } else if (trustee === undefined) this.policy.authorize(ctx, 'list_trusts');
    else this.policy.authorize(ctx, 'list_trusts_for_trustee', { trust: { trustee_user_id: trustee } });
    this.#requireNoCredential(ctx);
    const trustorIs = sql`${trustor ?? null}::text is null or t.trustor_user_id = ${trustor ?? null}`;
    const trusteeIs = sql`${trustee ?? null}::text is null or t.trustee_user_id = ${trustee ?? null}`;
    const rows = await trustRows(this.changes.store.db, sql`(${trustorIs}) and (${trusteeIs})`);
    return rows.map(({ role_ids: _ids, ...row }) => ({ ...row, roles: [] }));
  }

  /** Error TrustNotFound before any rule is asked, as in keystone. */
  async get(ctx: RequestContext, { id, part }: TrustArgs): Promise<TrustData> {
    const { db } = this.changes.store;
    const { role_ids: ids, ...trust } = await this.#row(db, id);
    const action = { trust: 'get_trust', roles: 'list_roles_for_trust', role: 'get_role_for_trust' }[part];
    this.policy.authorize(ctx, action, { trust });
    this.#requireNoCredential(ctx);
    return { ...trust, roles: await rolesById(db, ids) };
  }

  async create(ctx: RequestContext, args: TrustCreateArgs): Promise<TrustData> {
    this.policy.authorize(ctx, 'create_trust', { trust: { trustor_user_id: args.trustor_user_id } });
    this.#requireNoCredential(ctx);
    const projectId = args.project_id ?? null;
    if (projectId !== null && (args.roles ?? []).length === 0)
      throw forbiddenAction('At least one role should be specified');
    if (ctx.user_id !== args.trustor_user_id) {
      throw forbiddenAction('The authenticated user should match the trustor');
    }
    const expiresAt = futureTime(args.expires_at);
    const id = newIdentityId();
    return this.changes.run({ kind: 'user', name: args.trustee_user_id }, async (tx) => {
      await this.changes.get(tx, 'user', args.trustee_user_id);
      const roles = await namedRoles(tx, args.roles ?? []);
      const ids = roles.map((role) => role.id);
      const parents = await this.#parents(tx, ctx);
      if (projectId !== null) {
        await this.changes.get(tx, 'project', projectId);
        await requireHeld(tx, parents.at(-1)?.trustor_user_id ?? args.trustor_user_id, projectId, ids);
      }
      const [parent] = parents;
      const count = redelegations(args, parent);
      for (const one of parents) requireWithin(one, args, ids, expiresAt);
      await sql`
        insert into trusts (id, trustor_user_id, trustee_user_id, project_id, impersonation, role_ids, expires_at,
          remaining_uses, redelegation_count, redelegated_trust_id)
        values (${id}, ${args.trustor_user_id}, ${args.trustee_user_id}, ${projectId}, ${args.impersonation},
          ${JSON.stringify(ids)}::jsonb, ${expiresAt ?? parent?.expires_at ?? null}::timestamptz,
          ${args.remaining_uses ?? null}, ${count}, ${parent?.id ?? null})`.execute(tx);
      const { role_ids: _ids, ...row } = await this.#row(tx, id);
      return { ...row, roles: await rolesById(tx, ids) };
    });
  }

  /** With those that were made by it; ends their tokens. */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.changes.run({ kind: 'user', name: id }, async (tx) => {
      this.policy.authorize(ctx, 'delete_trust', { trust: await this.#row(tx, id) });
      this.#requireNoCredential(ctx);
      const all = await sql<{ id: string }>`
        with recursive below (id) as (
          select ${id}::text
          union
          select t.id from trusts t join below b on t.redelegated_trust_id = b.id
        ) select id from below`.execute(tx);
      await sql`delete from trusts where id = ${id}`.execute(tx);
      await this.changes.revoke(
        tx,
        ctx,
        all.rows.map((row) => revocationSubject.trust(row.id)),
      );
    });
  }

  async #parents(tx: Transaction, ctx: RequestContext): Promise<readonly TrustRow[]> {
    const { trustId } = delegationOf(ctx);
    if (trustId === undefined) return [];
    const chain = await trustChain(tx, trustId);
    if (chain.length === 0) throw new ExpectedError('TrustNotFound', `Could not find trust: ${trustId}.`);
    return chain;
  }

  async #row(db: Queries, id: string): Promise<TrustRow> {
    const [row] = await trustRows(db, sql`t.id = ${id}`);
    if (row === undefined) throw new ExpectedError('TrustNotFound', `Could not find trust: ${id}.`, { id });
    return row;
  }

  #requireNoCredential(ctx: RequestContext): void {
    const { credentialId, accessTokenId } = delegationOf(ctx);
    if (credentialId === undefined && accessTokenId === undefined) return;
    const method = credentialId === undefined ? 'oauth1' : 'application_credential';
    throw forbiddenAction(`Using method '${method}' is not allowed for managing trusts.`);
  }
}

/** Also roles of a domain, which tokens do not tell. Error RoleNotFound. */
async function requireHeld(tx: Transaction, userId: string, projectId: string, ids: readonly string[]): Promise<void> {
  const held = await sql<{ id: string }>`
    with recursive held (id) as (
      select h.role_id from held_roles h where h.user_id = ${userId} and h.project_id = ${projectId}
      union
      select i.implied_role_id from implied_roles i join held h on h.id = i.prior_role_id
    ) select id from held`.execute(tx);
  const missing = ids.find((id) => !held.rows.some((row) => row.id === id));
  if (missing !== undefined) throw new ExpectedError('RoleNotFound', `Could not find role: ${missing}.`);
}

/** How often a new trust can be passed on. Errors InvalidInput, DelegationForbidden. */
function redelegations(args: TrustCreateArgs, parent: TrustRow | undefined): number {
  const { redelegation_count: asked, remaining_uses: uses, allow_redelegation: isAllowed } = args;
  if (isAllowed !== true || asked === 0) return 0;
  if (asked != null && asked > MOST_REDELEGATIONS) {
    throw new ExpectedError(
      'DelegationForbidden',
      `Requested redelegation depth of ${asked} is greater than allowed ${MOST_REDELEGATIONS}`,
    );
  }
  if (uses != null) {
    throw new ExpectedError('InvalidInput', 'remaining_uses must not be set if redelegation is allowed');
  }
  if (parent === undefined) return asked ?? MOST_REDELEGATIONS;
  const left = parent.redelegation_count - 1;
  if (asked != null && asked !== left) {
    const text = 'Modifying "redelegation_count" upon redelegation is forbidden. Omitting this parameter is advised.';
    throw new ExpectedError('DelegationForbidden', text);
  }
  return left;
}

/** What is passed on is no more than what was given. Error DelegationForbidden. */
function requireWithin(
  parent: TrustRow,
  args: TrustCreateArgs,
  ids: readonly string[],
  expiresAt: string | null,
): void {
  const fault =
    (parent.redelegation_count <= 0 &&
      `Remaining redelegation depth of ${parent.redelegation_count} out of allowed range`) ||
    (args.remaining_uses != null && 'Field "remaining_uses" must not be set in order to redelegate a trust') ||
    (expiresAt !== null &&
      parent.expires_at !== null &&
      Date.parse(expiresAt) > Date.parse(parent.expires_at) &&
      'Requested expiration time is more than redelegated trust can provide') ||
    (!ids.every((id) => parent.role_ids.includes(id)) && 'Some of requested roles are not in redelegated trust') ||
    (!parent.impersonation &&
      args.impersonation &&
      'Impersonation is not allowed because redelegated trust does not specify impersonation');
  if (typeof fault === 'string') throw new ExpectedError('DelegationForbidden', fault);
}
