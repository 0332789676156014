// Rolling reloads under keep-alive connections: none may fail a request or leave anything behind in the parent.
//   node dist/test/soak/reload.js [RELOADS] [CONNECTIONS]
import { soakReloads } from './reload-soak.js';

const [reloads = 100, connections = 64] = process.argv.slice(2).map(Number);
const growthMiB = 24;

const result = await soakReloads(reloads, connections, (line) => console.log(line));
const { before, after, failures } = result;
console.log(JSON.stringify(result, null, 2));
const faults = [
  failures.length > 0 && `${failures.length} requests failed`,
  after.descriptors > before.descriptors && `descriptors grew from ${before.descriptors} to ${after.descriptors}`,
  after.children !== before.children && `children: ${before.children}, then ${after.children}`,
  after.rssMiB > before.rssMiB + growthMiB && `memory grew from ${before.rssMiB} to ${after.rssMiB} MiB`,
  result.exitCode !== 0 && `exit status ${result.exitCode}`,
].filter((fault) => fault !== false);
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
