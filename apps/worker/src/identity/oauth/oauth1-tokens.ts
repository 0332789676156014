import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError, revocationSubject } from '#libs/contracts';
import type {
  AccessTokenData,
  OAuth1Request,
  OAuth1TokenData,
  OwnedArgs,
  RequestTokenArgs,
  RequestTokenAuthorizeArgs,
  UserAccessTokenArgs,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import type { IdentityChanges } from '../changes/identity-changes.js';
import { newIdentityId } from '../changes/identity-changes.js';
import { delegationOf, forbiddenDelegation, namedRoles, rolesById } from '../delegation/delegated-roles.js';
import type { IdentityPolicy } from '../identity-policy.js';
import { rolesOf } from '../held-roles.js';
import type { SecretBox } from '../secret-box.js';
import { accessTokenRow, accessTokenRows, consumerSecret } from './oauth1-login.js';
import type { AccessTokenRow } from './oauth1-login.js';
import { oauthRefused, requireSignature } from './oauth1-signature.js';

/** keystone's `[oauth1] request_token_duration` and `access_token_duration`, seconds. */
const REQUEST_SECONDS = 28_800;
const ACCESS_SECONDS = 86_400;
const VERIFIER_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const VERIFIER_LENGTH = 8;

interface RequestTokenRow {
  readonly id: string;
  readonly consumer_id: string;
  readonly project_id: string;
  readonly secret: string;
  readonly authorizing_user_id: string | null;
  readonly verifier: string | null;
  readonly role_ids: readonly string[];
  readonly is_over: boolean;
}

/** The three steps of OAuth 1.0a, and the access that users have granted to consumers. */
export class OAuth1Tokens {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly policy: IdentityPolicy,
    private readonly secrets: SecretBox,
  ) {}

  /** A consumer requests access to a project. */
  async request({ request, project_id: projectId }: RequestTokenArgs): Promise<OAuth1TokenData> {
    const { oauth_consumer_key: consumer = '' } = request.parameters;
    const id = newIdentityId();
    const secret = newIdentityId();
    return this.changes.run({ kind: 'project', name: projectId, id: projectId }, async (tx) => {
      await this.changes.get(tx, 'project', projectId);
      requireSignature(request, await consumerSecret(tx, this.secrets, consumer), '');
      const result = await sql<{ expires_at: string }>`
        insert into oauth1_request_tokens (id, consumer_id, project_id, secret, expires_at)
        values (${id}, ${consumer}, ${projectId}, ${this.secrets.seal(secret)},
          business_now() + make_interval(secs => ${REQUEST_SECONDS}::integer))
        returning to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at`.execute(tx);
      return { id, secret, expires_at: result.rows[0]?.expires_at ?? null };
    });
  }

  /** The user grants the consumer some roles; returns the verifier. */
  async authorize(ctx: RequestContext, { id, roles: named }: RequestTokenAuthorizeArgs): Promise<string> {
    this.policy.authorize(ctx, 'authorize_request_token');
    requireOwnToken(ctx, 'Cannot authorize a request token with a token issued via delegation.');
    return this.changes.run({ kind: 'user', name: id }, async (tx) => {
      const token = await this.#requestToken(tx, id);
      const roles = await namedRoles(tx, named);
      const held = await rolesOf(tx, ctx.user_id ?? '', sql`h.project_id = ${token.project_id}`);
      if (roles.length === 0 || !roles.every((role) => held.some((one) => one.id === role.id))) {
        throw oauthRefused('authorizing user does not have role required');
      }
      const verifier = newVerifier();
      await sql`
        update oauth1_request_tokens set authorizing_user_id = ${ctx.user_id}, verifier = ${verifier},
          role_ids = ${JSON.stringify(roles.map((role) => role.id))}::jsonb where id = ${id}`.execute(tx);
      return verifier;
    });
  }

  /** Exchanges an authorized request token for an access token, once. */
  async access(request: OAuth1Request): Promise<OAuth1TokenData> {
    const {
      oauth_consumer_key: consumer = '',
      oauth_token: requestId = '',
      oauth_verifier: verifier,
    } = request.parameters;
    const id = newIdentityId();
    const secret = newIdentityId();
    return this.changes.run({ kind: 'user', name: requestId }, async (tx) => {
      const token = await this.#requestToken(tx, requestId);
      if (token.consumer_id !== consumer) {
        throw oauthRefused('Provided consumer key does not match stored consumer key.');
      }
      requireSignature(request, await consumerSecret(tx, this.secrets, consumer), this.secrets.open(token.secret));
      if (token.verifier === null || token.verifier !== verifier) {
        throw oauthRefused('Provided verifier does not match stored verifier');
      }
      const result = await sql<{ expires_at: string }>`
        insert into oauth1_access_tokens
          (id, consumer_id, project_id, authorizing_user_id, secret, role_ids, expires_at)
        values (${id}, ${consumer}, ${token.project_id}, ${token.authorizing_user_id}, ${this.secrets.seal(secret)},
          ${JSON.stringify(token.role_ids)}::jsonb, business_now() + make_interval(secs => ${ACCESS_SECONDS}::integer))
        returning to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at`.execute(tx);
      const used = await sql`delete from oauth1_request_tokens where id = ${requestId}`.execute(tx);
      if (used.numAffectedRows === 0n) throw requestTokenNotFound();
      return { id, secret, expires_at: result.rows[0]?.expires_at ?? null };
    });
  }

  async list(
    ctx: RequestContext,
    { user_id: userId, id, part }: UserAccessTokenArgs,
  ): Promise<readonly AccessTokenData[]> {
    const one = { token: 'get_access_token', roles: 'list_access_token_roles', role: 'get_access_token_role' }[part];
    this.policy.authorize(ctx, id === undefined ? 'list_access_tokens' : one);
    requireOwnToken(ctx, 'Cannot list request tokens with a token issued via delegation.');
    const { db } = this.changes.store;
    if (id !== undefined) {
      const row = await accessTokenRow(db, id);
      if (row.authorizing_user_id !== userId) throw accessTokenNotFound();
      return [await accessTokenView(db, row)];
    }
    const rows = await accessTokenRows(db, sql`authorizing_user_id = ${userId}`);
    return Promise.all(rows.map((row) => accessTokenView(db, row)));
  }

  /** Deletes an access token and revokes the tokens created by it. */
  async delete(ctx: RequestContext, { user_id: userId, id }: OwnedArgs): Promise<void> {
    this.policy.authorize(ctx, 'delete_access_token');
    requireOwnToken(ctx, 'Cannot list request tokens with a token issued via delegation.');
    await this.changes.run({ kind: 'user', name: userId }, async (tx) => {
      const row = await accessTokenRow(tx, id);
      if (row.authorizing_user_id !== userId) throw oauthRefused('User IDs do not match');
      await sql`delete from oauth1_access_tokens where id = ${id}`.execute(tx);
      await this.changes.revoke(tx, ctx, [revocationSubject.accessToken(id)]);
    });
  }

  /** Errors: OAuth1TokenNotFound, Unauthorized for an expired one. Locks the row, since it can be used only once. */
  async #requestToken(tx: Queries, id: string): Promise<RequestTokenRow> {
    const result = await sql<RequestTokenRow>`
      select id, consumer_id, project_id, secret, authorizing_user_id, verifier, role_ids,
        coalesce(expires_at <= business_now(), false) as is_over
      from oauth1_request_tokens where id = ${id} for update`.execute(tx);
    const [row] = result.rows;
    if (row === undefined) throw requestTokenNotFound();
    if (row.is_over) throw oauthRefused('Request token is expired');
    return row;
  }
}

function requireOwnToken(ctx: RequestContext, text: string): void {
  if (Object.keys(delegationOf(ctx)).length > 0) throw forbiddenDelegation(text);
}

async function accessTokenView(db: Queries, row: AccessTokenRow): Promise<AccessTokenData> {
  const { secret: _secret, is_over: _over, role_ids: ids, ...token } = row;
  return { ...token, roles: await rolesById(db, ids) };
}

function requestTokenNotFound(): ExpectedError {
  return new ExpectedError('OAuth1TokenNotFound', 'Request token not found');
}

function accessTokenNotFound(): ExpectedError {
  return new ExpectedError('OAuth1TokenNotFound', 'Access token not found');
}

/** In keystone's form: eight different characters. */
function newVerifier(): string {
  const left = VERIFIER_CHARACTERS.split('');
  return Array.from({ length: VERIFIER_LENGTH }, () => left.splice(randomInt(left.length), 1)[0] ?? '').join('');
}
