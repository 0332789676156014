import assert from 'node:assert/strict';
import type { ChaosResult } from './chaos.js';

const heapLimitBytes = 32 * 1024 * 1024;

/** The conditions that must hold after any chaos. */
export function assertSurvived(result: ChaosResult, recoveryLimitMs: number): void {
  assert.ok(result.answered > 0);
  assert.equal(result.wrong, 0, 'replies to a wrong caller');
  assert.equal(result.overdue, 0, 'calls open past their deadline and a second');
  assert.equal(result.open, 0, 'calls that never ended');
  assert.deepEqual(
    Object.keys(result.failed).filter((code) => code.startsWith('UNTYPED')),
    [],
  );
  assert.ok(result.casts.confirmed > 0);
  assert.deepEqual({ ...result.casts, confirmed: 0 }, { lost: 0, repeated: 0, confirmed: 0 });
  for (const { step, ms } of result.recoveries) {
    assert.ok(ms < recoveryLimitMs, `${step}: answered again after ${Math.round(ms)} ms`);
  }
  assert.ok(result.heapGrowth < heapLimitBytes, `the client's heap grew by ${result.heapGrowth} bytes`);
}
