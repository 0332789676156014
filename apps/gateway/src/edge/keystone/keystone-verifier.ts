import { createHash } from 'node:crypto';
import type { TokenClaims } from '../tokens/token-claims.js';
import type { TokenChecker, VerifyOptions } from '../tokens/token-verifier.js';

interface Known {
  readonly claims: TokenClaims | undefined;
  readonly untilMs: number;
}

const MAX_TOKEN_LENGTH = 8192;
const MAX_KNOWN = 8192;

/** Validates one token: returns the claims, undefined for an invalid one; fails when the result is unknown. */
export type ValidateToken = (token: string, allowExpired: boolean) => Promise<TokenClaims | undefined>;

/**
 * Validates tokens with Keystone. Results are cached, including invalid tokens; concurrent requests with the same token
 * share one validation. Failures are not cached.
 */
export class KeystoneVerifier implements TokenChecker {
  readonly #validate: ValidateToken;
  readonly #cacheMs: number;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Promise<TokenClaims | undefined>>();

  /** @param cacheSeconds `token_cache_time`; -1: each request validates */
  constructor(validate: ValidateToken, cacheSeconds: number) {
    this.#validate = validate;
    this.#cacheMs = Math.max(0, cacheSeconds) * 1000;
  }

  verify(token: string, options: VerifyOptions = {}): TokenClaims | undefined | Promise<TokenClaims | undefined> {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const allowExpired = options.allowExpired === true;
    // The token itself is a secret and must not be kept in memory.
    const key = `${allowExpired ? 'x' : '-'}${createHash('sha256').update(token).digest('base64')}`;
    const known = this.#known.get(key);
    const now = Date.now();
    if (known !== undefined && known.untilMs > now) return known.claims;
    const running = this.#asked.get(key);
    if (running !== undefined) return running;
    const asking = this.#ask(key, token, allowExpired);
    this.#asked.set(key, asking);
    return asking;
  }

  async #ask(key: string, token: string, allowExpired: boolean): Promise<TokenClaims | undefined> {
    try {
      const found = await this.#validate(token, allowExpired);
      const now = Date.now();
      const claims = found !== undefined && !allowExpired && found.expiresAt * 1000 <= now ? undefined : found;
      this.#remember(key, claims, now, allowExpired);
      return claims;
    } finally {
      this.#asked.delete(key);
    }
  }

  #remember(key: string, claims: TokenClaims | undefined, now: number, allowExpired: boolean): void {
    if (this.#cacheMs === 0) return;
    if (this.#known.size >= MAX_KNOWN) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    const end = claims === undefined || allowExpired ? Number.POSITIVE_INFINITY : claims.expiresAt * 1000;
    this.#known.delete(key);
    this.#known.set(key, { claims, untilMs: Math.min(now + this.#cacheMs, end) });
  }
}
