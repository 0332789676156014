// A gateway and two workers under a steady load of reads and writes, while their database goes away in one way after
// another. Fails when a request gets another answer than the promised ones, an answer or the recovery takes too long, a
// worker crashes, or a server is lost, doubled or not whole. One server needs root, ip and nft.
//   npm run chaos:database [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]    one server
//   npm run chaos:standby [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]     a standby by hosts and by address; PgBouncer
import { CHAOS_HELP, playSite } from './play-site.js';
import { pooledSite } from './pooled-site.js';
import { singleSite } from './single-site.js';
import { standbySite } from './standby-site.js';

const SETS: Readonly<Record<string, readonly Parameters<typeof playSite>[0][]>> = {
  single: [singleSite],
  standby: [() => standbySite('hosts'), () => standbySite('address'), pooledSite],
};
const [set = '', first = '30', ...only] = process.argv.slice(2);
if (process.argv.includes('--help')) {
  console.log(`npm run chaos:database|chaos:standby [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]\n${CHAOS_HELP}`);
  process.exit(0);
}
const rate = Number(first);
const sites = SETS[set];
if (sites === undefined || !(rate > 0)) {
  console.error('expected single or standby, and requests a second, greater than 0');
  process.exit(2);
}
for (const open of sites) await playSite(open, { rate, only });
