import { businessClock } from '#libs/simulation';
import type { Revocations } from './revocations.js';
import type { TokenClaims } from './token-claims.js';
import type { TokenCodec } from './token-codec.js';

interface CachedToken {
  readonly claims: TokenClaims | undefined;
  readonly goodUntilMs: number;
  /** Version of the clock by which it was checked. */
  readonly clock: number;
}

/** Maximum length of a token in a header; longer ones are refused unread. */
const MAX_TOKEN_LENGTH = 8192;
const MAX_CACHED = 4096;

export interface VerifyOptions {
  /** Accepts a token that has expired but was not revoked, since a service token came with the request. */
  readonly allowExpired?: boolean;
}

/** Returns the claims of a token; undefined for an invalid one. Fails when it cannot determine them (503). */
export interface TokenChecker {
  verify(token: string, options?: VerifyOptions): TokenClaims | undefined | Promise<TokenClaims | undefined>;
}

/** Checks tokens: signature and expiry through a bounded cache, revocation every time. */
export class TokenVerifier implements TokenChecker {
  readonly #codec: TokenCodec;
  readonly #revocations: Revocations;
  readonly #cacheMs: number;
  readonly #cache = new Map<string, CachedToken>();

  /** @param cacheSeconds `token_cache_time`; -1 checks the signature again for every request. */
  constructor(codec: TokenCodec, revocations: Revocations, cacheSeconds = 300) {
    this.#codec = codec;
    this.#revocations = revocations;
    this.#cacheMs = Math.max(0, cacheSeconds) * 1000;
  }

  /** The claims of a token that is valid now, synchronously when they are cached; undefined for any other. */
  verify(token: string): TokenClaims | undefined | Promise<TokenClaims | undefined> {
    const now = businessClock.nowMs();
    const cached = this.#cache.get(token);
    if (cached !== undefined && cached.goodUntilMs > now && cached.clock === businessClock.state.version)
      return this.#unlessRevoked(cached.claims, now);
    return this.#check(token, now);
  }

  async #check(token: string, now: number): Promise<TokenClaims | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const claims = await this.#codec.verify(token);
    if (this.#cacheMs > 0) {
      // The oldest entry is removed first: a Map keeps the order of insertion.
      if (this.#cache.size >= MAX_CACHED) {
        const [oldest] = this.#cache.keys();
        if (oldest !== undefined) this.#cache.delete(oldest);
      }
      this.#cache.set(token, { claims, goodUntilMs: now + this.#cacheMs, clock: businessClock.state.version });
    }
    return this.#unlessRevoked(claims, now);
  }

  #unlessRevoked(claims: TokenClaims | undefined, now: number): TokenClaims | undefined {
    if (claims === undefined || claims.expiresAt * 1000 <= now) return undefined;
    return this.#revocations.isRevoked(claims) ? undefined : claims;
  }
}
