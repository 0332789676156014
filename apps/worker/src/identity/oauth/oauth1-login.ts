import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { AuthenticationData, OAuth1Request } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { findActiveProject, findUser } from '../principals.js';
import { rolesOf, unauthorized } from '../held-roles.js';
import type { SecretBox } from '../secret-box.js';
import { oauthRefused, requireSignature } from './oauth1-signature.js';

export interface AccessTokenRow {
  readonly id: string;
  readonly consumer_id: string;
  readonly project_id: string;
  readonly authorizing_user_id: string;
  readonly secret: string;
  readonly role_ids: readonly string[];
  readonly expires_at: string | null;
  readonly is_over: boolean;
}

/** Sorted by id. */
export async function accessTokenRows(db: Queries, where: RawBuilder<unknown>): Promise<readonly AccessTokenRow[]> {
  const result = await sql<AccessTokenRow>`
    select id, consumer_id, project_id, authorizing_user_id, secret, role_ids,
      to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at,
      coalesce(expires_at <= business_now(), false) as is_over
    from oauth1_access_tokens where ${where} order by id`.execute(db);
  return result.rows;
}

/** Error OAuth1TokenNotFound. */
export async function accessTokenRow(db: Queries, id: string): Promise<AccessTokenRow> {
  const [row] = await accessTokenRows(db, sql`id = ${id}`);
  if (row === undefined) throw new ExpectedError('OAuth1TokenNotFound', 'Access token not found');
  return row;
}

/** The secret of a consumer. Error ConsumerNotFound. */
export async function consumerSecret(db: Queries, secrets: SecretBox, id: string): Promise<string> {
  const result = await sql<{ secret: string }>`select secret from consumers where id = ${id}`.execute(db);
  const [row] = result.rows;
  if (row === undefined) throw new ExpectedError('ConsumerNotFound', 'Consumer not found', { id });
  return secrets.open(row.secret);
}

/** The permissions of a consumer by an access token. Errors: Unauthorized, OAuth1TokenNotFound, ConsumerNotFound. */
export async function authenticateOAuth1(
  db: Queries,
  secrets: SecretBox,
  request: OAuth1Request,
): Promise<Omit<AuthenticationData, 'authenticated_at'>> {
  const { oauth_token: tokenId = '', oauth_consumer_key: consumer = '' } = request.parameters;
  const token = await accessTokenRow(db, tokenId);
  if (token.is_over) throw oauthRefused('Access token is expired');
  if (token.consumer_id !== consumer) throw oauthRefused('Could not validate the access token');
  requireSignature(request, await consumerSecret(db, secrets, consumer), secrets.open(token.secret));
  return accessTokenData(db, token);
}

/** The user with the roles of the token, which the user must still hold. Error Unauthorized. */
export async function accessTokenData(
  db: Queries,
  token: AccessTokenRow,
): Promise<Omit<AuthenticationData, 'authenticated_at'>> {
  const record = await findUser(db, { id: token.authorizing_user_id });
  const project = await findActiveProject(db, { id: token.project_id });
  if (record === null || !record.active || project === null) throw unauthorized();
  const held = await rolesOf(db, record.user.id, sql`h.project_id = ${project.id}`);
  const roles = held.filter((role) => token.role_ids.includes(role.id));
  if (roles.length < token.role_ids.length || roles.length === 0) throw unauthorized();
  return {
    user: record.user,
    roles,
    project,
    domain: null,
    system: null,
    is_admin_project: true,
    access_token: { id: token.id, consumer_id: token.consumer_id },
  };
}
