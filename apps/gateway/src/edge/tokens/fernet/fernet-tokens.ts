import { Authentication } from '#libs/contracts';
import type { AuthenticationData, IdentityContract, TokenScopeArgs } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import { createContext } from '#libs/telemetry';
import { remoteFault } from '../../errors/remote-faults.js';
import type { RpcCaller } from '../../rpc/topic-client.js';
import { tokenClaimsOf } from '../token-claims-of.js';
import type { TokenClaims } from '../token-claims.js';
import { decryptFernet, encryptFernet } from './fernet-cipher.js';
import type { KeyRepository } from './key-repository.js';
import { packFernetPayload, unpackFernetPayload } from './fernet-payload.js';
import type { FernetPayload } from './fernet-payload.js';

/** Time limit for the worker to look up a token's ids. */
const LOOK_UP_MS = 5_000;

/** Looks up the current data of a token's ids; undefined when they are no longer valid. */
export type DescribeToken = (args: TokenScopeArgs) => Promise<AuthenticationData | undefined>;

/** Asks the worker. Throws Fault when that is not possible. */
export function describeByWorker(identity: RpcCaller<IdentityContract>): DescribeToken {
  return async (args) => {
    try {
      const context = createContext({ is_admin: true });
      return Authentication.unwrap(await identity.call(context, 'token_scope', args, { timeoutMs: LOOK_UP_MS }));
    } catch (error) {
      const fault = remoteFault(error);
      if (fault === undefined || fault.status >= 500) throw fault ?? error;
      return undefined;
    }
  };
}

/**
 * keystone's Fernet tokens: encrypted ids, with the keys of a repository that every service shares. The ids are looked
 * up when a token is checked, so that the claims are the user's current ones.
 */
export class FernetTokens {
  constructor(
    private readonly keys: KeyRepository,
    private readonly methods: readonly string[],
    private readonly describe: DescribeToken,
  ) {}

  /** Whether a text has the prefix that all tokens of this century have. */
  static recognizes(token: string): boolean {
    return token.startsWith('gAAAAA');
  }

  sign(claims: TokenClaims): string {
    const { trust, applicationCredential: credential, accessToken, issuedAt, expiresAt } = claims;
    const payload: FernetPayload = {
      // keystone's user of a trust is the trustee; which user is shown is decided elsewhere.
      userId: trust?.trusteeId ?? claims.user.id,
      methods: claims.methods,
      auditIds: claims.auditIds,
      expiresAt: Math.floor(expiresAt) + (issuedAt - Math.floor(issuedAt)),
      projectId: claims.project?.id,
      domainId: claims.domain?.id,
      system: claims.system ?? undefined,
      trustId: trust?.id,
      applicationCredentialId: credential?.id,
      accessTokenId: accessToken?.id,
    };
    return encryptFernet(this.keys.primary(), {
      bytes: Buffer.from(packFernetPayload(payload, this.methods)),
      at: issuedAt,
    });
  }

  /** The claims of a valid token; undefined for every other text. Throws Fault when that cannot be determined. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    const content = decryptFernet(this.keys.all(), token);
    if (content === undefined) return undefined;
    const payload = unpackFernetPayload(content.bytes, this.methods);
    if (payload === undefined || payload.expiresAt * 1000 <= businessClock.nowMs()) return undefined;
    const { methods, auditIds, expiresAt } = payload;
    const found = await this.describe({
      user_id: payload.userId,
      project_id: payload.projectId ?? null,
      domain_id: payload.domainId ?? null,
      system: payload.system ?? null,
      trust_id: payload.trustId ?? null,
      application_credential_id: payload.applicationCredentialId ?? null,
      access_token_id: payload.accessTokenId ?? null,
    });
    if (found === undefined) return undefined;
    const ends = Math.floor(expiresAt);
    const claims = tokenClaimsOf(found, { now: content.at, lifetime: ends - content.at });
    return { ...claims, methods, auditIds, issuedAt: content.at + (expiresAt - ends), expiresAt: ends };
  }
}
