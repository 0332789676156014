// Kills a worker by SIGKILL at every durable step of every action of a server and of changes of networks, once a run, and
// checks how each ends.
//   npm run chaos:crash                            every point
//   npm run chaos:crash -- --every 5 --from 2      each fifth, from the third on
//   npm run chaos:crash -- --only 'resize,set a gateway'
//   npm run chaos:crash -- --steps driver,guest     those alone whose kind begins so
//   npm run chaos:crash -- --driver qemu           create and delete of real guests: nothing of them may be left
import { parseArgs } from 'node:util';
import { GuestsUnderTest } from '#testing/guests-under-test';
import { CrashBench } from './crash-run.js';
import type { Point, RunResult } from './crash-run.js';
import { NETWORK_OPERATIONS } from './network-operations.js';
import { NetworkCrash } from './network-run.js';
import { OPERATIONS } from './operations.js';

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    driver: { type: 'string', default: 'fake' },
    steps: { type: 'string' },
  },
});
const every = Number(values.every);
const from = Number(values.from);
if (!Number.isInteger(every) || every < 1 || !Number.isInteger(from) || from < 0) {
  console.error('--every: expected a whole number from 1; --from: one from 0');
  process.exit(2);
}
const all = [...Object.keys(OPERATIONS), ...Object.keys(NETWORK_OPERATIONS)];
const onGuests = values.driver === 'qemu';
const wanted = values.only?.split(',') ?? (onGuests ? ['create', 'delete'] : all);
if (wanted.some((name) => !all.includes(name))) {
  console.error(`--only: expected some of ${all.join(', ')}`);
  process.exit(2);
}

const kinds = values.steps?.split(',') ?? [''];
const isWanted = ({ step }: Point): boolean => kinds.some((kind) => step.startsWith(kind));

const results: RunResult[] = [];
for (const deferred of [false, true]) {
  const operations = wanted.filter((name) => (OPERATIONS[name]?.deferred === true) === deferred);
  if (operations.length > 0) await runAll(operations, deferred);
}

async function runAll(operations: readonly string[], deferred: boolean): Promise<void> {
  const bench = await CrashBench.start({ deferred, ...(onGuests && { guests: await GuestsUnderTest.make() }) });
  try {
    for (const operation of operations) {
      const runner = runnerOf(bench, operation);
      const points = (await runner.points()).filter(isWanted);
      console.log(`${operation}: ${points.length} points`);
      for (const point of points.filter((_, index) => index % every === from % every)) {
        const result = await runner.run(point);
        results.push(result);
        const { step, detail, nth } = point;
        const verdict = result.fault === undefined ? `ok ${result.end}` : `FAILED ${result.fault}`;
        const died = result.sprung ? 'killed' : 'not reached';
        const took = Math.round(result.elapsedMs);
        console.log(`${operation} ${step} ${detail} #${nth}: ${died}, ${verdict} after ${took} ms`);
      }
    }
  } finally {
    await bench.stop();
  }
}

interface Runner {
  points(): Promise<readonly Point[]>;
  run(point: Point): Promise<RunResult>;
}

function runnerOf(bench: CrashBench, name: string): Runner {
  const owner = OPERATIONS[name] === undefined ? new NetworkCrash(bench) : bench;
  return { points: () => owner.points(name), run: (point) => owner.run(name, point) };
}

const failed = results.filter((result) => result.fault !== undefined || !result.sprung);
const killed = results.filter((result) => result.sprung);
console.log(
  `runs: ${results.length}, a worker killed in ${killed.length}, longest ${Math.round(Math.max(...results.map((r) => r.elapsedMs)))} ms`,
);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
