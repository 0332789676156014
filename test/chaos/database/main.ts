// A gateway and two workers under a steady load of reads and writes, while their database goes away in one way after
// another. Fails when a request gets another answer than the promised ones, an answer or the recovery takes too long, a
// worker crashes, or a server is lost, doubled or not whole. Needs root, ip and nft.
//   npm run chaos:database [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDatabaseChaos } from './database-run.js';
import { pooledSite } from './pooled-site.js';
import { singleSite } from './single-site.js';
import { standbySite } from './standby-site.js';

const [first = '30', ...only] = process.argv.slice(2);
const rate = Number(first);
if (!(rate > 0)) {
  console.error('expected requests a second, greater than 0');
  process.exit(2);
}
const sites = [singleSite, () => standbySite('hosts'), () => standbySite('address'), pooledSite];
const directory = await mkdtemp(join(tmpdir(), 'albireo-chaos-logs-'));
let number = 0;
for (const open of sites) {
  const site = await open();
  const isWanted = only.length === 0 || site.troubles.some(({ name }) => only.some((part) => name.includes(part)));
  try {
    if (!isWanted) continue;
    console.log(`${site.name}:`);
    const onFaults = (logs: readonly { name: string; log: string }[]): void => {
      number += 1;
      for (const { name, log } of logs) writeFileSync(join(directory, `${number}-${name}.log`), log);
      console.error(`The programs' logs are ${directory}/${number}-*`);
    };
    const progress = (line: string): void => console.log(line);
    const options = { rate, calmMs: 3_000, only, progress, onFaults };
    const { faults, requests, created } = await runDatabaseChaos(site, options);
    for (const fault of faults.slice(0, 50)) console.error(`FAILED: ${fault}`);
    console.log(`${requests} requests, ${created} servers, ${faults.length} faults`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await site.stop();
  }
}
