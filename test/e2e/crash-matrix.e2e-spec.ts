import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CrashBench } from '../crash/crash-run.js';
import { NetworkCrash } from '../crash/network-run.js';
import { SAMPLED } from '../crash/operations.js';

/** One before its transaction is there, one after. */
const SAMPLED_NETWORK = [
  ['associate a floating IP', 'commit.before'],
  ['remove a router interface', 'commit.after'],
] as const;

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

  it(
    'operations of networks are done or are not, and end when they are asked for again',
    { timeout: 600_000 },
    async () => {
      const network = new NetworkCrash(bench);
      for (const [name, step] of SAMPLED_NETWORK) {
        const points = await network.points(name);
        const point = points.find((one) => one.step === step) ?? assert.fail(JSON.stringify(points));
        const result = await network.run(name, point);
        assert.deepEqual([result.fault, result.sprung], [undefined, true], `${name}: ${JSON.stringify(point)}`);
      }
    },
  );
});
