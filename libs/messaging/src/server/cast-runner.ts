import type { DeliveryLedger } from './delivery.js';
import type { MessagingSettings } from '../transport/messaging-settings.js';
import { DispatchError } from '../wire/failure.js';
import type { Work } from './work.js';
import type { MessagingObserver } from '../transport/messaging-observer.js';

/** The actions on a cast once its result is decided. */
export interface CastSteps {
  readonly core: { readonly observer: MessagingObserver };
  readonly options: { readonly topic: string };
  execute(work: Work, token: string | undefined): Promise<unknown>;
  finish(work: Work, how: 'ack'): void;
  again(work: Work, delayMs: number): void;
  park(work: Work, reason: string): void;
}

/**
 * Runs casts: first claimed in the ledger, acknowledged after they took effect, tried again with growing waits, parked
 * after the last attempt. A fanout is for this process only: no ledger, no second attempt.
 */
export class CastRunner {
  constructor(
    readonly runner: CastSteps,
    readonly settings: MessagingSettings,
    readonly ledger: DeliveryLedger | null,
  ) {}

  async run(work: Work): Promise<void> {
    const { runner } = this;
    const ledger = work.fanout ? null : this.ledger;
    let token: string | undefined;
    if (ledger !== null) {
      try {
        const claim = await ledger.claim(work.uniqueId, runner.options.topic, this.settings.ledgerLeaseMs);
        if (claim.state === 'done') return runner.finish(work, 'ack');
        if (claim.state === 'busy') return runner.again(work, Math.max(10, claim.retryInMs));
        token = claim.token;
        work.attempts = claim.attempts;
      } catch (error) {
        runner.core.observer.warn?.('the delivery ledger cannot be reached; the cast waits', { reason: String(error) });
        return runner.again(work, this.settings.retryDelayMs);
      }
    }
    try {
      await runner.execute(work, token);
      if (ledger !== null && token !== undefined) await ledger.complete(work.uniqueId, token);
    } catch (error) {
      return this.#failed(work, error, ledger, token);
    }
    runner.finish(work, 'ack');
  }

  async #failed(work: Work, error: unknown, ledger: DeliveryLedger | null, token: string | undefined): Promise<void> {
    const { runner, settings } = this;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (ledger !== null && token !== undefined) {
      try {
        await ledger.fail(work.uniqueId, token, reason);
      } catch (cause) {
        // The lease expires by itself.
        runner.core.observer.warn?.('a failed claim could not be given back', { reason: String(cause) });
      }
    }
    if (work.fanout) return runner.finish(work, 'ack');
    if (error instanceof DispatchError || work.attempts >= settings.maxAttempts) return runner.park(work, reason);
    const delayMs = Math.min(settings.maxRetryDelayMs, settings.retryDelayMs * 2 ** (work.attempts - 1));
    work.attempts += 1;
    runner.again(work, delayMs);
  }
}
