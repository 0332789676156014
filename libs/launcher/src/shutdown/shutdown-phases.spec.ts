import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advance, running } from './shutdown-phases.js';
import type { ShutdownEvent, ShutdownState } from './shutdown-phases.js';

const plan = { drainDelayMs: 5000, timeoutMs: 60_000, exitCode: 0, exitCodeWhenCut: 1 };

/** Runs events through the machine and returns its effects, as short words. */
function run(events: readonly ShutdownEvent[], from: ShutdownState = running): { did: string[]; state: ShutdownState } {
  let state = from;
  const did: string[] = [];
  for (const event of events) {
    const step = advance(state, event);
    state = step.state;
    for (const effect of step.effects) did.push(Object.values(effect).join(' ').trim());
  }
  return { did, state };
}

const terminate = { type: 'terminate', atMs: 0, plan } as const;
const left = (api: number, rpc: number, atMs = 6000): ShutdownEvent => ({ type: 'workers', atMs, left: { api, rpc } });

describe('advance', () => {
  it('goes down in order: unready, delay, listeners, API half, RPC half, exit 0', () => {
    const { did, state } = run([terminate, { type: 'time', atMs: 5000 }, left(2, 1), left(0, 1), left(0, 0)]);
    assert.deepEqual(did, [
      'mark-unready',
      'close-after-answers',
      'wake 5000',
      'stop-accepting',
      'stop-workers api 65000',
      'wake 50000',
      'stop-workers rpc 65000',
      'wake 65000',
      'exit 0',
    ]);
    assert.equal(state.phase, 'exited');
  });

  it('does not wait before it drains without a delay, nor ever cuts without a timeout', () => {
    const { did } = run([{ ...terminate, plan: { ...plan, drainDelayMs: 0, timeoutMs: 0 } }]);
    assert.deepEqual(did, ['mark-unready', 'stop-accepting', 'stop-workers api']);
    const later = run(
      [{ type: 'time', atMs: 1e9 }],
      run([{ ...terminate, plan: { ...plan, drainDelayMs: 0, timeoutMs: 0 } }]).state,
    );
    assert.deepEqual(later.did, []);
  });

  it('keeps workers that die during the delay out of the count', () => {
    assert.deepEqual(run([terminate, left(0, 0, 100)]).did, ['mark-unready', 'close-after-answers', 'wake 5000']);
  });

  it('cuts at the deadline with the code for that', () => {
    const { did } = run([terminate, { type: 'time', atMs: 5000 }, left(1, 1), { type: 'time', atMs: 65_000 }]);
    assert.deepEqual(did.slice(-2), ['kill-workers timeout', 'exit 1']);
  });

  it('leaves the RPC half a quarter of the time when requests do not end', () => {
    const half = run([terminate, { type: 'time', atMs: 5000 }, left(1, 1), { type: 'time', atMs: 50_000 }]);
    assert.deepEqual(half.did.slice(-2), ['stop-workers rpc 65000', 'wake 65000']);
    const end = run([left(1, 0, 51_000), { type: 'time', atMs: 65_000 }], half.state);
    assert.deepEqual(end.did, ['kill-workers timeout', 'exit 1']);
  });

  it('ignores a timer that fires early', () => {
    assert.deepEqual(run([terminate, { type: 'time', atMs: 4999 }]).did, [
      'mark-unready',
      'close-after-answers',
      'wake 5000',
    ]);
  });

  it('cuts at once on a second signal, in any phase', () => {
    assert.deepEqual(run([terminate, terminate]).did.slice(-2), ['kill-workers signal', 'exit 1']);
    assert.deepEqual(run([{ type: 'cut', exitCode: 1 }]).did, ['kill-workers signal', 'exit 1']);
  });

  it('does nothing more once it has exited', () => {
    const { state } = run([{ type: 'cut', exitCode: 1 }]);
    assert.deepEqual(run([terminate, left(0, 0), { type: 'time', atMs: 1e9 }], state).did, []);
  });
});
