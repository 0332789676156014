import { RevocationPage } from '#libs/contracts';
import type { RevocationData, VersionedObject, Page } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type { TokenClaims } from './token-claims.js';

const log = getLogger('albireo.gateway.tokens');

/** Asks the worker for every revocation that has not expired. */
export type FetchRevocations = () => Promise<VersionedObject<Page<RevocationData>>>;

/**
 * The audit ids that are no longer good. Filled by polling the worker, and at once by its fanout; the poll is what can
 * be relied on, so a token stays good for at most one interval after its revocation.
 */
export class Revocations {
  readonly #expiries = new Map<string, number>();
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

  isRevoked(claims: TokenClaims): boolean {
    return this.#expiries.size > 0 && claims.auditIds.some((id) => this.#expiries.has(id));
  }

  /** Takes over the worker's list; what is expired there is dropped here. */
  async refresh(): Promise<void> {
    const { objects } = RevocationPage.unwrap(await this.#fetch());
    const now = Date.now();
    for (const [id, expiry] of this.#expiries) if (expiry < now) this.#expiries.delete(id);
    for (const { audit_id: id, expires_at: expiry } of objects) this.#expiries.set(id, Date.parse(expiry));
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
