import { RevocationPage } from '#libs/contracts';
import type { RevocationData, VersionedObject, Page } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type { TokenClaims } from './token-claims.js';
import { epochSeconds, tokenSubjects } from './token-subjects.js';

const log = getLogger('albireo.gateway.tokens');

/** Asks the worker for every revocation that has not expired. */
export type FetchRevocations = () => Promise<VersionedObject<Page<RevocationData>>>;

/** Tokens about a subject that were issued until `beforeSeconds` are not good. */
interface Rule {
  readonly beforeSeconds: number;
  readonly expiresAtMs: number;
}

/**
 * The tokens that are no longer good: single ones by audit id, many by what they are about. Filled by polling the worker, and at once by its fanout; the poll is what can
 * be relied on, so a token stays good for at most one interval after its revocation.
 */
export class Revocations {
  readonly #expiries = new Map<string, number>();
  readonly #rules = new Map<string, Rule>();
  readonly #subjects = new WeakMap<TokenClaims, readonly string[]>();
  readonly #fetch: FetchRevocations;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(fetch: FetchRevocations, intervalMs = 30_000) {
    this.#fetch = fetch;
    this.#intervalMs = intervalMs;
  }

  /** Polls now and from then on; a failed poll is repeated sooner. Does not wait for the first one. */
  start(): void {
    if (this.#timer === undefined) this.#schedule(0);
  }

  /** Polls no more; a poll that is under way ends with the transport, and is waited for by `stopped()`. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async stopped(): Promise<void> {
    await this.#running;
  }

  revoke(auditId: string, expiresAtMs: number): void {
    this.#expiries.set(auditId, expiresAtMs);
  }

  /** All tokens about a subject that were issued before; times as they are on the bus. */
  revokeIssued(subject: string, issuedBefore: string, expiresAt: string): void {
    const beforeSeconds = epochSeconds(issuedBefore);
    const known = this.#rules.get(subject);
    // A fanout may overtake another one.
    if (known !== undefined && known.beforeSeconds > beforeSeconds) return;
    this.#rules.set(subject, { beforeSeconds, expiresAtMs: Date.parse(expiresAt) });
  }

  isRevoked(claims: TokenClaims): boolean {
    if (this.#expiries.size > 0 && claims.auditIds.some((id) => this.#expiries.has(id))) return true;
    if (this.#rules.size === 0) return false;
    let subjects = this.#subjects.get(claims);
    if (subjects === undefined) {
      subjects = tokenSubjects(claims);
      this.#subjects.set(claims, subjects);
    }
    return subjects.some((subject) => {
      const rule = this.#rules.get(subject);
      return rule !== undefined && claims.issuedAt <= rule.beforeSeconds;
    });
  }

  /** Takes over the worker's list; what is expired there is dropped here. */
  async refresh(): Promise<void> {
    const { objects } = RevocationPage.unwrap(await this.#fetch());
    const now = Date.now();
    for (const [id, expiry] of this.#expiries) if (expiry < now) this.#expiries.delete(id);
    for (const [subject, rule] of this.#rules) if (rule.expiresAtMs < now) this.#rules.delete(subject);
    for (const { audit_id: id, subject, issued_before: before, expires_at: expiry } of objects) {
      if (subject !== undefined && before !== undefined) this.revokeIssued(subject, before, expiry);
      else this.#expiries.set(id, Date.parse(expiry));
    }
  }

  /** After a change made through this process: its revocations hold here before the client has its answer. */
  async refreshNow(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      log.warning('The list of revoked tokens could not be fetched after a change', { error: String(error) });
    }
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#poll();
    }, delayMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    let nextMs = this.#intervalMs;
    try {
      await this.refresh();
    } catch (error) {
      if (this.#timer === undefined) return;
      nextMs = Math.min(this.#intervalMs, 5_000);
      log.warning('The list of revoked tokens could not be fetched', { error: String(error), retry_ms: nextMs });
    }
    if (this.#timer !== undefined) this.#schedule(nextMs);
  }
}
