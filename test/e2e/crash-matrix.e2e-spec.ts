import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CrashBench } from '../crash/crash-run.js';
import { SAMPLED } from '../crash/operations.js';

/** A sample: each n-th point. All of them by `npm run chaos:crash`. */
const EVERY = 12;

describe('a worker killed at a durable step', () => {
  let bench: CrashBench;
  before(async () => {
    bench = await CrashBench.start();
  });
  after(() => bench?.stop());

  for (const [offset, operation] of SAMPLED.entries()) {
    it(
      `${operation} ends in ACTIVE, ERROR with a fault, or gone, and nothing is left over`,
      { timeout: 600_000 },
      async () => {
        const points = await bench.points(operation);
        assert.ok(points.length >= 20, `only ${points.length} steps seen`);
        const sample = points.filter((_, index) => index % EVERY === offset);
        for (const point of sample) {
          const result = await bench.run(operation, point);
          assert.equal(result.fault, undefined, JSON.stringify(point));
          assert.ok(result.sprung, `no worker died at ${JSON.stringify(point)}`);
        }
      },
    );
  }
});
