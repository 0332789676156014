// Rolling restarts of both halves and workers 1 → 5 → 1 under a steady load of reads and writes on RabbitMQ and
// PostgreSQL. Fails when a request fails, a pod does not end in time, or a server is lost, doubled or not whole.
//   npm run chaos:scale [-- REQUESTS_PER_SECOND [SECONDS]]
import { runScaling } from './scale-run.js';

const [rate = 200, seconds = 150] = process.argv.slice(2).map(Number);
if (!(rate > 0) || !(seconds > 0)) {
  console.error('expected requests a second and seconds, both greater than 0');
  process.exit(2);
}
const {
  faults: found,
  evidence,
  ...result
} = await runScaling({
  rate,
  // Two seconds' worth.
  mostOpen: rate * 2,
  calmMs: 3_000,
  lastsMs: seconds * 1000,
  workers: 5,
  // drain_delay and the grace as the chart has them.
  times: { drainDelayMs: 5_000, graceMs: 75_000, probePeriodMs: 1_000, endpointLagMs: 1_000 },
  progress: (line) => console.log(line),
});
const faults = [...found];
console.log(JSON.stringify(result, null, 2));
if (result.rate < rate * 0.95)
  faults.push(`${result.rate} requests a second, not ${rate}: this machine is too slow or too busy`);
for (const fault of faults.slice(0, 50)) console.error(`FAILED: ${fault}`);
for (const line of evidence.slice(0, 200)) console.error(line);
console.log(`${result.requests} requests, ${result.podsEnded} pods ended, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
