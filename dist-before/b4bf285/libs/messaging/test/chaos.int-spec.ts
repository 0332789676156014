import { describe, it } from 'node:test';
import { assertSurvived } from './chaos/assert-survived.js';
import { runChaos } from './chaos/chaos.js';

// Longer than `npm run chaos:rpc` allows: other programs share the processors of a CI machine.
const recoveryLimitMs = 10_000;

describe('chaos', () => {
  it('loses nothing, hangs nowhere and comes back, whatever happens (short form)', { timeout: 180_000 }, async () => {
    const result = await runChaos({ rounds: 1, callsPerSecond: 100, loadMs: 500, silenceMs: 1_000 });
    console.log(`# ${JSON.stringify(result)}`);
    assertSurvived(result, recoveryLimitMs);
  });
});
