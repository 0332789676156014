import { randomBytes } from 'node:crypto';

/** A role in a token. */
export interface TokenRole {
  readonly id: string;
  readonly name: string;
}

export interface TokenDomain {
  readonly id: string;
  readonly name: string;
}

export interface TokenCredential {
  readonly id: string;
  readonly name: string;
  /** It cannot create further credentials. */
  readonly restricted: boolean;
  /** Only these requests are allowed; empty: all. */
  readonly accessRules: readonly TokenAccessRule[];
}

export interface TokenAccessRule {
  readonly id: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

export interface TokenTrust {
  readonly id: string;
  readonly trustorId: string;
  readonly trusteeId: string;
  readonly impersonation: boolean;
}

/** The claims of a token: keystone's token model, with this product's names. Times are seconds since 1970. */
export interface TokenClaims {
  readonly user: { readonly id: string; readonly name: string; readonly domain: TokenDomain };
  /** Scope: at most one of project, domain and system is set; none is an unscoped token. */
  readonly project: { readonly id: string; readonly name: string; readonly domain: TokenDomain } | null;
  readonly domain: TokenDomain | null;
  readonly system: 'all' | null;
  readonly roles: readonly TokenRole[];
  /** How the user authenticated: `password`, `token`. */
  readonly methods: readonly string[];
  /** Its own audit id, then that of the first token of the chain (if it was made from another token). */
  readonly auditIds: readonly string[];
  readonly isAdminProject: boolean;
  /** The application credential with which the user authenticated, if any. */
  readonly applicationCredential?: TokenCredential | undefined;
  readonly trust?: TokenTrust | undefined;
  /** With which an OAuth 1.0a consumer acts for the user. */
  readonly accessToken?: { readonly id: string; readonly consumerId: string } | undefined;
  /** When the user's password expires, in keystone's format; absent: never. */
  readonly passwordExpiresAt?: string | undefined;
  /** With a fraction, by the database's clock: revocations compare with it. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A new audit id in keystone's form: 16 random bytes, base64url without padding. */
export function newAuditId(): string {
  return randomBytes(16).toString('base64url');
}
