// A gateway and two workers under a steady load of reads and writes, while their database goes away in one way after
// another. Fails when a request gets another answer than the promised ones, an answer or the recovery takes too long, a
// worker crashes, or a server is lost, doubled or not whole. Needs root, ip and nft.
//   npm run chaos:database [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDatabaseChaos } from './database-run.js';
import { singleSite } from './single-site.js';

const [first = '30', ...only] = process.argv.slice(2);
const rate = Number(first);
if (!(rate > 0)) {
  console.error('expected requests a second, greater than 0');
  process.exit(2);
}
const site = await singleSite();
try {
  const progress = (line: string): void => console.log(line);
  const directory = await mkdtemp(join(tmpdir(), 'albireo-chaos-logs-'));
  const onFaults = (logs: readonly { name: string; log: string }[]): void => {
    for (const { name, log } of logs) writeFileSync(join(directory, `${name}.log`), log);
    console.error(`The programs' logs are in ${directory}`);
  };
  const options = { rate, calmMs: 3_000, only, progress, onFaults };
  const { faults, requests, created } = await runDatabaseChaos(site, options);
  for (const fault of faults.slice(0, 50)) console.error(`FAILED: ${fault}`);
  console.log(`${requests} requests, ${created} servers, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await site.stop();
}
