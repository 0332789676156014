// Kills a worker by SIGKILL at every durable step of create, delete and reboot, once a run, and checks how each ends.
//   npm run chaos:crash                 every point
//   npm run chaos:crash -- --every 5    each fifth
//   npm run chaos:crash -- --only reboot
import { parseArgs } from 'node:util';
import { CrashBench, OPERATIONS } from './crash-run.js';
import type { RunResult } from './crash-run.js';

const { values } = parseArgs({ options: { every: { type: 'string', default: '1' }, only: { type: 'string' } } });
const every = Number(values.every);
if (!Number.isInteger(every) || every < 1) {
  console.error('--every: expected a whole number from 1');
  process.exit(2);
}
const operations = OPERATIONS.filter((operation) => values.only === undefined || operation === values.only);
if (operations.length === 0) {
  console.error(`--only: expected one of ${OPERATIONS.join(', ')}`);
  process.exit(2);
}

const bench = await CrashBench.start();
const results: RunResult[] = [];
try {
  for (const operation of operations) {
    const points = await bench.points(operation);
    console.log(`${operation}: ${points.length} points`);
    for (const point of points.filter((_, index) => index % every === 0)) {
      const result = await bench.run(operation, point);
      results.push(result);
      const { step, detail, nth } = point;
      const verdict = result.fault === undefined ? `ok ${result.end}` : `FAILED ${result.fault}`;
      const died = result.sprung ? 'killed' : 'not reached';
      console.log(
        `${operation} ${step} ${detail} #${nth}: ${died}, ${verdict} after ${Math.round(result.elapsedMs)} ms`,
      );
    }
  }
} finally {
  await bench.stop();
}
const failed = results.filter((result) => result.fault !== undefined || !result.sprung);
const killed = results.filter((result) => result.sprung);
console.log(
  `runs: ${results.length}, a worker killed in ${killed.length}, longest ${Math.round(Math.max(...results.map((r) => r.elapsedMs)))} ms`,
);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
