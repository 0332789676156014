import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError, Trust, revocationSubject } from '#libs/contracts';
import type { InputOf, ListArgs, Page, RoleReference, TrustArgs, TrustData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import { DirectoryResource } from '../resources/directory-resource.js';
import type { Operation, Target } from '../resources/directory-resource.js';
import { directoryTable } from '../resources/directory-table.js';
import { delegationOf, forbiddenAction, futureTime, namedRoles, rolesIn } from './delegated-roles.js';

/** keystone's `[trust] max_redelegation_count`. */
const MOST_REDELEGATIONS = 3;

const END = sql`to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const LASTS = sql`(t.expires_at is null or t.expires_at > business_now())`;
const USABLE = sql`${LASTS} and (t.remaining_uses is null or t.remaining_uses > 0)`;

/** The input of a new trust. */
type TrustInput = Omit<InputOf<Trust>, 'roles'> &
  Pick<Trust, 'trustor_user_id' | 'trustee_user_id'> & { readonly roles?: readonly RoleReference[] };

export interface TrustRow extends Omit<TrustData, 'roles'> {
  readonly role_ids: readonly string[];
}

/** Trusts that can still be used; `withUsedUp`: also those with no uses left. */
export async function trustRows(
  db: Queries,
  where: RawBuilder<unknown>,
  withUsedUp = false,
): Promise<readonly TrustRow[]> {
  const result = await sql<TrustRow>`
    select t.id, t.trustor_user_id, t.trustee_user_id, t.project_id, t.impersonation, t.role_ids, t.remaining_uses,
      t.redelegation_count, t.redelegated_trust_id,
      ${END} as expires_at
    from trusts t where ${where} and ${withUsedUp ? LASTS : USABLE} order by t.id`.execute(db);
  return result.rows;
}

/** The trust, and the trusts from which it was redelegated, the nearest first. */
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

const PART_RULES = { trust: 'get_trust', roles: 'list_roles_for_trust', role: 'get_role_for_trust' } as const;

/** Permissions that a trustor delegates to a trustee. */
@Manages(
  directoryTable(Trust, {
    columns: {
      roles: rolesIn('t.role_ids'),
      expires_at: END,
      redelegated_trust_id: sql`t.redelegated_trust_id`,
    },
  }),
)
export class TrustManager extends DirectoryResource<TrustData> {
  protected override readonly tellsEverybody: readonly Operation[] = ['get', 'delete'];

  /** Lists do not include roles. */
  override async list(context: RequestContext, args: ListArgs): Promise<Page<TrustData>> {
    const page = await super.list(context, args);
    return { ...page, objects: page.objects.map((trust) => ({ ...trust, roles: [] })) };
  }

  /** Each part of a trust has a policy rule of its own. */
  async show(context: RequestContext, { id, part }: TrustArgs): Promise<TrustData> {
    const trust = await this.find(this.shared.changes.store.db, id);
    if (trust === undefined) throw this.notFound(id);
    this.shared.policy.authorize(context, PART_RULES[part], { trust });
    requireNoCredential(context);
    return trust;
  }

  protected override listTarget(_context: RequestContext, { filters = {} }: ListArgs): Target {
    const whose = Object.entries(filters).map(([name, [value]]) => [name, value]);
    return { trust: Object.fromEntries(whose) };
  }

  protected override async authorize(
    context: RequestContext,
    operation: Operation,
    target: Target,
    db: Queries,
  ): Promise<void> {
    await super.authorize(context, operation, target, db);
    requireNoCredential(context);
  }

  protected override rule(operation: Operation, { trust }: Target = {}): string {
    if (operation !== 'list') return super.rule(operation);
    const { trustor_user_id: trustor, trustee_user_id: trustee }: Partial<TrustData> = Object(trust);
    if (trustor !== undefined) return 'list_trusts_for_trustor';
    return trustee === undefined ? 'list_trusts' : 'list_trusts_for_trustee';
  }

  protected override visible(): RawBuilder<boolean> {
    return sql<boolean>`(${USABLE})`;
  }

  protected override at(id: string): RawBuilder<boolean> {
    return sql<boolean>`(t.id = ${id} and ${USABLE})`;
  }

  protected override async prepare(values: Values, context: RequestContext): Promise<Values> {
    const { project_id: projectId, roles = [], trustor_user_id: trustor } = values as TrustInput;
    if (projectId != null && roles.length === 0) throw forbiddenAction('At least one role should be specified');
    if (context.user_id !== trustor) throw forbiddenAction('The authenticated user should match the trustor');
    return { ...values, expires_at: futureTime(values['expires_at']) };
  }

  protected override async beforeCreate(tx: Transaction, values: Values, context: RequestContext): Promise<void> {
    const input = values as TrustInput;
    const { changes } = this.shared;
    await changes.get(tx, 'user', input.trustee_user_id);
    const roles = await namedRoles(tx, input.roles ?? []);
    const ids = roles.map((role) => role.id);
    const parents = await this.#parents(tx, context);
    if (input.project_id != null) {
      await changes.get(tx, 'project', input.project_id);
      await requireHeld(tx, parents.at(-1)?.trustor_user_id ?? input.trustor_user_id, input.project_id, ids);
    }
    const [parent] = parents;
    const count = redelegations(input, parent);
    for (const one of parents) requireWithin(one, input, ids);
    Object.assign(values, {
      role_ids: JSON.stringify(ids),
      expires_at: input.expires_at ?? parent?.expires_at ?? null,
      redelegation_count: count,
      redelegated_trust_id: parent?.id ?? null,
    });
  }

  protected override written(values: Values): Values {
    const { role_ids, redelegated_trust_id } = values;
    return { ...super.written(values), role_ids, redelegated_trust_id };
  }

  /** Also deletes the trusts redelegated from it, and revokes their tokens. */
  protected override async beforeDelete(tx: Transaction, { id }: TrustData, context: RequestContext): Promise<void> {
    const all = await sql<{ id: string }>`
      with recursive below (id) as (
        select ${id}::text
        union
        select t.id from trusts t join below b on t.redelegated_trust_id = b.id
      ) select id from below`.execute(tx);
    const subjects = all.rows.map((row) => revocationSubject.trust(row.id));
    await this.shared.changes.revoke(tx, context, subjects);
  }

  async #parents(tx: Transaction, context: RequestContext): Promise<readonly TrustRow[]> {
    const { trustId } = delegationOf(context);
    if (trustId === undefined) return [];
    const chain = await trustChain(tx, trustId);
    if (chain.length === 0) throw this.notFound(trustId);
    return chain;
  }
}

function requireNoCredential(context: RequestContext): void {
  const { credentialId, accessTokenId } = delegationOf(context);
  if (credentialId === undefined && accessTokenId === undefined) return;
  const method = credentialId === undefined ? 'oauth1' : 'application_credential';
  throw forbiddenAction(`Using method '${method}' is not allowed for managing trusts.`);
}

/** Also accepts roles of a domain, which tokens do not include. Error RoleNotFound. */
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

/** How often a new trust can be redelegated. Errors InvalidInput, DelegationForbidden. */
function redelegations(args: TrustInput, parent: TrustRow | undefined): number {
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

/** A redelegated trust must not give more than its parent. Error DelegationForbidden. */
function requireWithin(parent: TrustRow, args: TrustInput, ids: readonly string[]): void {
  const { expires_at: expiresAt } = args;
  const fault =
    (parent.redelegation_count <= 0 &&
      `Remaining redelegation depth of ${parent.redelegation_count} out of allowed range`) ||
    (args.remaining_uses != null && 'Field "remaining_uses" must not be set in order to redelegate a trust') ||
    (expiresAt != null &&
      parent.expires_at !== null &&
      Date.parse(expiresAt) > Date.parse(parent.expires_at) &&
      'Requested expiration time is more than redelegated trust can provide') ||
    (!ids.every((id) => parent.role_ids.includes(id)) && 'Some of requested roles are not in redelegated trust') ||
    (!parent.impersonation &&
      args.impersonation === true &&
      'Impersonation is not allowed because redelegated trust does not specify impersonation');
  if (typeof fault === 'string') throw new ExpectedError('DelegationForbidden', fault);
}
