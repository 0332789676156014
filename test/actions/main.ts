// Random actions of several clients on servers, against nova's table of states.
//   npm run chaos:actions -- SEED COUNT     so many servers; default: the time, and 200
import { ActionsRun } from './actions-run.js';

const [seed = Math.floor(Date.now() / 1000) % 1_000_000, count = 200] = process.argv.slice(2).map(Number);
if (!Number.isInteger(seed) || !Number.isInteger(count) || count < 1) {
  console.error('usage: npm run chaos:actions -- SEED COUNT');
  process.exit(2);
}
console.log(`seed ${seed}, ${count} servers`);
const run = await ActionsRun.start();
try {
  const { requests, refused, faults } = await run.run(seed, count);
  for (const fault of faults) console.log(fault);
  console.log(`${requests} requests, ${refused} of them refused, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await run.stop();
}
