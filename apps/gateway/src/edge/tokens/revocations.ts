import { identityContract, RevocationPage } from '#libs/contracts';
import type { RevocationPageData, VersionedObject } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { businessClock } from '#libs/simulation';
import { createContext, getLogger } from '#libs/telemetry';
import type { TokenClaims } from './token-claims.js';
import { epochSeconds, tokenSubjects } from './token-subjects.js';

const log = getLogger('albireo.gateway.tokens');

/**
 * Time for the workers to start together with this program; until the first list is received it is requested more
 * often.
 */
const START_MS = 30_000;
const START_RETRY_MS = 500;
const RETRY_MS = 5_000;
const FETCH_TIMEOUT_MS = 10_000;

/** Requests every revocation that has not expired from the worker. */
export type FetchRevocations = () => Promise<VersionedObject<RevocationPageData>>;

/** Requests them over the bus. */
export function fetchRevocations(transport: Transport): FetchRevocations {
  const identity = new RpcClient(transport, identityContract);
  return () =>
    identity.call(createContext({ is_admin: true }), 'revocation_list', null, { timeoutMs: FETCH_TIMEOUT_MS });
}

/** Tokens with a subject that were issued until `beforeSeconds` are invalid. */
interface Rule {
  readonly beforeSeconds: number;
  readonly expiresAtMs: number;
}

/**
 * The revoked tokens: single ones by audit id, many by their subjects. Filled by polling the worker, and at once by its
 * fanout. Only the poll is reliable, so a token may stay valid for at most one interval after its revocation.
 */
export class Revocations {
  readonly #expiries = new Map<string, number>();
  readonly #rules = new Map<string, Rule>();
  readonly #subjects = new WeakMap<TokenClaims, readonly string[]>();
  readonly #fetch: FetchRevocations;
  readonly #intervalMs: number;
  /** When polling began; undefined once a list has been received. */
  #waitingSinceMs: number | undefined = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(fetch: FetchRevocations, intervalMs = 30_000) {
    this.#fetch = fetch;
    this.#intervalMs = intervalMs;
  }

  /** Polls now and from then on; a failed poll is repeated sooner. Does not wait for the first one. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#waitingSinceMs = performance.now();
    this.#schedule(0);
  }

  /** Stops polling; a running poll ends with the transport, and is awaited by `stopped()`. */
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

  /** Revokes all tokens with a subject that were issued before; times in the bus's format. */
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

  /** Applies the worker's list; expired entries are dropped, or with `anew` all that are not on the list. */
  async refresh(anew = false): Promise<void> {
    const { objects, clock_offset_ms = 0, clock_version = 0 } = RevocationPage.unwrap(await this.#fetch());
    businessClock.learn({ offset_ms: clock_offset_ms, version: clock_version });
    if (anew) {
      this.#expiries.clear();
      this.#rules.clear();
    }
    const now = businessClock.nowMs();
    for (const [id, expiry] of this.#expiries) if (expiry < now) this.#expiries.delete(id);
    for (const [subject, rule] of this.#rules) if (rule.expiresAtMs < now) this.#rules.delete(subject);
    for (const { audit_id: id, subject, issued_before: before, expires_at: expiry } of objects) {
      if (subject !== undefined && before !== undefined) this.revokeIssued(subject, before, expiry);
      else this.#expiries.set(id, Date.parse(expiry));
    }
  }

  /** After a change made through this process: its revocations apply here before the client gets its response. */
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
      this.#waitingSinceMs = undefined;
    } catch (error) {
      if (this.#timer === undefined) return;
      nextMs = this.#tellFailure(error);
    }
    if (this.#timer !== undefined) this.#schedule(nextMs);
  }

  /** Logs a failed poll and returns when to poll again. During the start a missing worker is not an error. */
  #tellFailure(error: unknown): number {
    const isStart = this.#waitingSinceMs !== undefined && performance.now() - this.#waitingSinceMs < START_MS;
    const retryMs = Math.min(this.#intervalMs, isStart ? START_RETRY_MS : RETRY_MS);
    const fields = { error: String(error), retry_ms: retryMs };
    if (isStart) log.debug('The list of revoked tokens is not there yet', fields);
    else log.warning('The list of revoked tokens could not be fetched', fields);
    return retryMs;
  }
}
