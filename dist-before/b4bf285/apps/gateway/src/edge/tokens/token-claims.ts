/** A role in a token. */
export interface TokenRole {
  readonly id: string;
  readonly name: string;
}

export interface TokenDomain {
  readonly id: string;
  readonly name: string;
}

/** What a token says: keystone's token model, in our words. Times are seconds since 1970. */
export interface TokenClaims {
  readonly user: { readonly id: string; readonly name: string; readonly domain: TokenDomain };
  /** Scope: at most one of project, domain and system is set; none is an unscoped token. */
  readonly project: { readonly id: string; readonly name: string; readonly domain: TokenDomain } | null;
  readonly domain: TokenDomain | null;
  readonly system: 'all' | null;
  readonly roles: readonly TokenRole[];
  /** How the user proved who it is: `password`, `token`. */
  readonly methods: readonly string[];
  /** Own audit id, then the one of the first token of the chain (when it was made from another token). */
  readonly auditIds: readonly string[];
  readonly isAdminProject: boolean;
  /** With a fraction, by the clock of the database: revocations compare with it. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}
