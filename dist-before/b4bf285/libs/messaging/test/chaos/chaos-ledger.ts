import type { ClaimResult } from '../../src/index.js';

interface Row {
  token: string;
  attempts: number;
  effects: number;
  confirmed: boolean;
  heldUntil: number;
}

/** The database of a chaos run: claims with leases and fencing, and how often each cast took effect. */
export class ChaosLedger {
  readonly rows = new Map<string, Row>();

  sent(uniqueId: string, confirmed: boolean): void {
    this.#row(uniqueId).confirmed = confirmed;
  }

  claim(uniqueId: string, leaseMs: number): ClaimResult {
    const row = this.#row(uniqueId);
    if (row.effects > 0) return { state: 'done' };
    const left = row.heldUntil - performance.now();
    if (left > 0) return { state: 'busy', retryInMs: left };
    row.attempts += 1;
    row.token = `t${row.attempts}`;
    row.heldUntil = performance.now() + leaseMs;
    return { state: 'claimed', token: row.token, attempts: row.attempts };
  }

  effect(uniqueId: string, token: string): void {
    const row = this.#row(uniqueId);
    if (row.token === token) row.effects += 1;
  }

  fail(uniqueId: string, token: string): void {
    const row = this.#row(uniqueId);
    if (row.token === token) row.heldUntil = 0;
  }

  /** Confirmed casts without an effect, and casts with more than one. */
  faults(): { readonly lost: number; readonly repeated: number; readonly confirmed: number } {
    const rows = [...this.rows.values()];
    return {
      lost: rows.filter((row) => row.confirmed && row.effects === 0).length,
      repeated: rows.filter((row) => row.effects > 1).length,
      confirmed: rows.filter((row) => row.confirmed).length,
    };
  }

  #row(uniqueId: string): Row {
    let row = this.rows.get(uniqueId);
    if (row === undefined) {
      row = { token: '', attempts: 0, effects: 0, confirmed: false, heldUntil: 0 };
      this.rows.set(uniqueId, row);
    }
    return row;
  }
}
