import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import type { Store } from '../store.js';

const log = getLogger('albireo.ledger');

const MIN_INTERVAL_MS = 50;

interface HeldClaim {
  readonly uniqueId: string;
  readonly token: string;
  readonly leaseMs: number;
}

/**
 * Renews the claims of all running handlers with one statement. The lease can therefore be short: the work of a killed
 * worker is taken over soon, and a healthy worker may take any time.
 */
export class ClaimRenewal {
  readonly #store: Store;
  readonly #held = new Map<string, HeldClaim>();
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(store: Store) {
    this.#store = store;
  }

  hold(claim: HeldClaim): void {
    this.#held.set(claim.uniqueId, claim);
    if (this.#timer === null && !this.#stopped) this.#schedule(claim.leaseMs / 3);
  }

  /** Ignores a claim that another handler in this process holds by now. */
  release(uniqueId: string, token: string): void {
    if (this.#held.get(uniqueId)?.token === token) this.#held.delete(uniqueId);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#renew().catch((error: unknown) => {
          log.warning(`Claims could not be renewed: ${error instanceof Error ? error.message : String(error)}`);
        });
      },
      Math.max(delayMs, MIN_INTERVAL_MS),
    );
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    const claims = [...this.#held.values()];
    if (claims.length === 0 || this.#stopped) return;
    const leaseMs = Math.min(...claims.map((claim) => claim.leaseMs));
    this.#schedule(leaseMs / 3);
    await sql`
      update consumed_messages c set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      from unnest(
        ${claims.map((claim) => claim.uniqueId)}::text[], ${claims.map((claim) => Number(claim.token))}::integer[]
      ) as held (unique_id, attempts)
      where c.unique_id = held.unique_id and c.attempts = held.attempts and c.state = 'running'`.execute(
      this.#store.db,
    );
  }
}
