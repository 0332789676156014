// What a small cloud weighs: the embedded form with all APIs, and the gateway of a pair with all APIs in one process,
// idle after a start and after 1000 mixed requests. Exits 1 when one of them is more than 15 % over its aim.
//   npm run bench:memory [-- SECONDS OF REST]
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startEmbedded, startPair } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { cpuMsOfTrees, pssOfTree } from '../process-tree.js';

/** MiB of PSS, all processes of the program together; the gateway's is for one at rest. */
const AIMS = { embedded: { when: 'after', mib: 330 }, gateway: { when: 'idle', mib: 130 } } as const;
const TOLERANCE = 1.15;
const ROUNDS = 125;

const rest = Number(process.argv[2] ?? 10);
if (!(rest >= 0)) {
  console.error('expected seconds of rest, 0 or more');
  process.exit(2);
}

/** Eight requests a round: reads of each API, a network, a port and a server that come and go. */
async function mixedRequests(stack: Stack): Promise<void> {
  const api = new ApiClient(stack.ports);
  await api.login();
  const cloud = new Cloud(api);
  const image = await cloud.imageId();
  const network = await cloud.createNetwork('memory', '10.99.0.0/16');
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = await cloud.createServer('memory', network, image);
    await api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers/detail');
    await api.expect(200, 'osapi_compute', 'GET', '/v2.1/flavors/detail');
    await api.expect(200, 'network', 'GET', '/v2.0/ports');
    await api.expect(200, 'network', 'GET', '/v2.0/networks');
    await api.expect(200, 'image', 'GET', '/v2/images');
    await api.expect(200, 'identity', 'GET', '/v3/projects');
    await cloud.deleteServer(id);
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, rest * 1000));
const faults: string[] = [];

async function weigh(what: keyof typeof AIMS, stack: Stack, program: string): Promise<void> {
  const pid = stack.programs.get(program)?.pid ?? 0;
  const startSeconds = (cpuMsOfTrees([pid]) / 1000).toFixed(2);
  await pause();
  const idle = pssOfTree(pid);
  await mixedRequests(stack);
  await pause();
  const after = pssOfTree(pid);
  const { when, mib: aim } = AIMS[what];
  const found = when === 'idle' ? idle : after;
  const verdict = found <= aim ? 'reached' : found <= aim * TOLERANCE ? 'within 15 %' : 'missed';
  if (verdict === 'missed') faults.push(`${what}: ${Math.round(found)} MiB, the aim is ${aim}`);
  console.log(
    `| ${what} | ${startSeconds} | ${Math.round(idle)} | ${Math.round(after)} | ${aim} ${when} | ${verdict} |`,
  );
}

console.log(`Node ${process.version}; load of the machine before: ${loadavg()[0]?.toFixed(1)}`);
console.log(
  '| | CPU s of the start | MiB idle | MiB after 1000 requests | aim | |\n| --- | --- | --- | --- | --- | --- |',
);
const directory = await mkdtemp(join(tmpdir(), 'albireo-bench-'));
const embedded = await startEmbedded({ directory, env: { OS_DEFAULT__EPHEMERAL: 'true' } });
try {
  await weigh('embedded', embedded, 'server');
} finally {
  await embedded.stop();
  await rm(directory, { recursive: true, force: true });
}
const pair = await startPair();
try {
  await weigh('gateway', pair, 'gateway-0');
} finally {
  await pair.stop();
}
for (const fault of faults) console.error(`more than 15 % over the aim: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
