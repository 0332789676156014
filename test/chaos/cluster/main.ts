// A gateway and two workers on a RabbitMQ cluster of three nodes with quorum queues under a steady load of reads and
// writes, while the nodes are killed, cut off, silent and restarted. Fails when a request gets another answer than the
// promised ones, the recovery takes too long, a program crashes, a server is lost, doubled or not whole, or the clients
// do not come back to all nodes.
//   npm run chaos:cluster [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]
import { CHAOS_HELP, playSite } from '../database/play-site.js';
import { clusterSite } from './cluster-site.js';

const [first = '100', ...only] = process.argv.slice(2);
if (process.argv.includes('--help')) {
  console.log(`npm run chaos:cluster [-- REQUESTS_PER_SECOND [PART_OF_A_NAME…]]\n${CHAOS_HELP}`);
  process.exit(0);
}
const rate = Number(first);
if (!(rate > 0)) {
  console.error('expected requests a second, greater than 0');
  process.exit(2);
}
await playSite(() => clusterSite(), { rate, only });
