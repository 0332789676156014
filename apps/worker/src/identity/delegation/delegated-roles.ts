import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs, RoleData, RoleReference } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import type { RequestContext } from '#libs/telemetry';
import { textFilter } from '../../listing/filters.js';
import type { Queries } from '../../store/index.js';
import { ROLE_NAME } from '../identity-lists.js';

/** The roles whose ids are in a column, sorted by name, as one value. */
export function rolesIn(column: string): RawBuilder<unknown> {
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', ${ROLE_NAME}, 'domain_id', r.domain_id,
      'description', r.description, 'options', r.options) order by r.name), '[]')
    from roles r where ${sql.ref(column)} @> to_jsonb(r.id))`;
}

/** Roles by their ids, sorted by name. */
export async function rolesById(db: Queries, ids: readonly string[]): Promise<readonly RoleData[]> {
  const result = await sql<RoleData>`
    select r.id, ${ROLE_NAME} as name, r.domain_id, r.description, r.options from roles r
    where r.id = any(${[...ids]}::text[]) order by r.name`.execute(db);
  return result.rows;
}

/** The named roles, each once. Error RoleNotFound. */
export async function namedRoles(db: Queries, references: readonly RoleReference[]): Promise<readonly RoleData[]> {
  const roles = new Map<string, RoleData>();
  for (const { id, name } of references) {
    const result = await sql<RoleData>`
      select r.id, ${ROLE_NAME} as name, r.domain_id, r.description, r.options from roles r
      where ${id === undefined ? sql`r.name = ${name ?? ''} and r.domain_id is null` : sql`r.id = ${id}`}`.execute(db);
    const [role] = result.rows;
    if (role === undefined) {
      throw new ExpectedError('RoleNotFound', `Could not find role: ${id ?? name ?? ''}.`);
    }
    roles.set(role.id, role);
  }
  return [...roles.values()];
}

/** The roles and the roles that they imply. */
export async function withImplied(db: Queries, ids: readonly string[]): Promise<readonly RoleData[]> {
  const result = await sql<{ id: string }>`
    with recursive held (id) as (
      select unnest(${[...ids]}::text[])
      union
      select i.implied_role_id from implied_roles i join held h on h.id = i.prior_role_id
    ) select id from held`.execute(db);
  return rolesById(
    db,
    result.rows.map(({ id }) => id),
  );
}

/** Filters a list by its owner, in the form of the bus. */
export const ofUser = { user_id: textFilter('t.user_id') };
export const listedUser = ({ filters }: ListArgs): { readonly user_id: string | undefined } => ({
  user_id: filters?.['user_id']?.[0],
});

/** The delegation from which the caller's token comes. */
export function delegationOf(ctx: RequestContext): {
  readonly trustId?: string;
  readonly credentialId?: string;
  readonly accessTokenId?: string;
} {
  const { trust_id: trust, application_credential_id: credential, access_token_id: accessToken } = ctx;
  return {
    ...(typeof accessToken === 'string' ? { accessTokenId: accessToken } : {}),
    ...(typeof trust === 'string' ? { trustId: trust } : {}),
    ...(typeof credential === 'string' ? { credentialId: credential } : {}),
  };
}

/** keystone's ForbiddenAction. */
export function forbiddenAction(action: string): ExpectedError {
  return forbiddenDelegation(`You are not authorized to perform the requested action: ${action}.`);
}

export function forbiddenDelegation(text: string): ExpectedError {
  return new ExpectedError('DelegationForbidden', text);
}

/** A restricted application credential cannot create further credentials. Error DelegationForbidden. */
export function requireUnrestricted(ctx: RequestContext, what: string): void {
  if (delegationOf(ctx).credentialId === undefined || ctx['application_credential_restricted'] !== true) return;
  throw forbiddenAction(`Using method 'application_credential' is not allowed for managing additional ${what}.`);
}

/**
 * With a delegated token, only objects of its project are accessible, and no objects without a project
 * (keystone.api.credentials).
 */
export function isInScope(ctx: RequestContext, projectId: string | null): boolean {
  return Object.keys(delegationOf(ctx)).length === 0 || projectId === ctx.project_id;
}

export function outOfScope(kind: 'Credential' | 'EC2 credential'): ExpectedError {
  return forbiddenAction(`${kind} project does not match the project scope of the delegated token`);
}

/**
 * Refuses tokens from a trust or an access token: the new object would stay valid after them. Error
 * DelegationForbidden.
 */
export function requireNoTrust(ctx: RequestContext): void {
  const { trustId, accessTokenId } = delegationOf(ctx);
  if (trustId === undefined && accessTokenId === undefined) return;
  throw forbiddenDelegation('Cannot manage application credentials with a token issued via delegation.');
}

/** A time in a request, which must be in the future. Error InvalidInput. */
export function futureTime(text: unknown): string | null {
  if (typeof text !== 'string' || text === '') return null;
  const zoned = /([zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(zoned) || Number.isNaN(time))
    throw new ExpectedError('InvalidInput', `Invalid input for field 'expires_at': not a time`);
  if (time <= businessClock.nowMs()) {
    throw new ExpectedError(
      'InvalidInput',
      "The 'expires_at' must not be before now. The server could not comply with the request since it is either " +
        'malformed or otherwise incorrect. The client is assumed to be in error.',
    );
  }
  // With its microseconds, which a Date does not have.
  return zoned;
}

/** Stores in the keys' blob which delegation created them: they give no more permissions than it does. */
export function delegationBlob({ trustId, credentialId, accessTokenId }: ReturnType<typeof delegationOf>): object {
  return {
    ...(trustId === undefined ? {} : { trust_id: trustId }),
    ...(credentialId === undefined ? {} : { app_cred_id: credentialId }),
    ...(accessTokenId === undefined ? {} : { access_token_id: accessTokenId }),
  };
}
