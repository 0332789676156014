import type { ClaimResult, DeliveryLedger } from '../src/index.js';

interface Row {
  token: string;
  attempts: number;
  done: boolean;
  heldUntil: number;
}

/** A ledger shared by the servers of one test. */
export class MemoryLedger implements DeliveryLedger {
  readonly rows = new Map<string, Row>();

  async claim(uniqueId: string, _topic: string, leaseMs: number): Promise<ClaimResult> {
    const row = this.rows.get(uniqueId) ?? { token: '', attempts: 0, done: false, heldUntil: 0 };
    if (row.done) return { state: 'done' };
    const left = row.heldUntil - Date.now();
    if (left > 0) return { state: 'busy', retryInMs: left };
    const attempts = row.attempts + 1;
    this.rows.set(uniqueId, { token: `t${attempts}`, attempts, done: false, heldUntil: Date.now() + leaseMs });
    return { state: 'claimed', token: `t${attempts}`, attempts };
  }

  async complete(uniqueId: string, token: string): Promise<void> {
    const row = this.rows.get(uniqueId);
    if (row?.token === token) row.done = true;
  }

  async fail(uniqueId: string, token: string): Promise<void> {
    const row = this.rows.get(uniqueId);
    if (row?.token === token) row.heldUntil = 0;
  }
}
