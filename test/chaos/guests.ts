// Servers of QEMU that are made and deleted in random order while the workers of their host are killed. Run by hand:
//   npm run chaos:guests [-- SERVERS [SEED]]
// Ends with 1 where a server is not what it was asked to be, or where anything of a guest is left.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, until } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { GuestsUnderTest } from '#testing/guests-under-test';
import type { Program } from '#testing/program';
import { startPair } from '#testing/stack';

const [servers = 50, seed = Date.now() % 100_000] = process.argv.slice(2).map(Number);
/** Guests at one time: each takes some 200 MB and a share of the processor. */
const AT_ONE_TIME = 4;
const STEP_MS = 300_000;

let state = seed;
/** Mulberry32: the same seed, the same order. */
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let value = Math.imul(state ^ (state >>> 15), 1 | state);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) % below;
}

function killWithChildren(program: Program): void {
  const children = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8').trim();
  program.signal('SIGKILL');
  for (const child of children.split(' ').filter((pid) => pid !== '')) {
    // Guests are children, too, and are to live on.
    const name = readFileSync(`/proc/${child}/comm`, 'utf8');
    if (name.startsWith('node') || name.startsWith('albireo')) process.kill(Number(child), 'SIGKILL');
  }
}

const guests = await GuestsUnderTest.make();
const pair = await startPair({ workers: 2, env: guests.env });
const faults: string[] = [];
let kills = 0;
try {
  const api = new ApiClient(pair.ports);
  await api.login();
  const cloud = new Cloud(api);
  const image = await guests.uploadImage(api);
  const flavor = { name: 'tiny', ram: 64, vcpus: 1, disk: 1, id: 'tiny' };
  await api.expect(200, 'osapi_compute', 'POST', '/v2.1/flavors', { body: { flavor } });
  const networks = [await cloud.createNetwork('one', '10.9.0.0/24'), await cloud.createNetwork('two', '10.8.0.0/24')];
  const living: string[] = [];
  const begun = performance.now();
  const isOver = (): boolean => performance.now() - begun > 30 * 60_000;

  const remove = async (): Promise<void> => {
    const [id = ''] = living.splice(random(living.length), 1);
    await cloud.deleteServer(id);
    await cloud.untilGone(id, STEP_MS).catch((error: unknown) => void faults.push(String(error)));
  };
  for (let made = 0; made < servers && !isOver(); made += 1) {
    if (living.length >= AT_ONE_TIME) await remove();
    const id = await cloud.createServer(`s${made}`, networks[random(2)] ?? '', image, { flavorRef: 'tiny' });
    living.push(id);
    if (random(4) === 0) {
      // In the middle of the build, or of what else goes on.
      await sleep(random(1_500));
      const index = random(2);
      const worker = pair.programs.get(`worker-${index}`);
      if (worker !== undefined) killWithChildren(worker);
      await worker?.ended;
      kills += 1;
      await pair.startWorker(index);
    }
    // Some are deleted while they are built.
    if (random(3) !== 0) {
      await cloud.untilStatus(id, 'ACTIVE', STEP_MS).catch((error: unknown) => void faults.push(String(error)));
    }
  }
  while (living.length > 0) await remove();

  const left = async (): Promise<string[]> => {
    const ports = await cloud.ports();
    return [
      ...(await guests.left()),
      ...ports.map(({ id, device_owner: owner }) => `port ${String(id)} ${String(owner)}`),
    ];
  };
  // What a killed worker left is swept every 15 seconds.
  await until(async () => ((await left()).length === 0 ? true : undefined), 'nothing left', 60_000).catch(async () => {
    faults.push(...(await left()));
  });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  process.stdout.write(
    `${servers} servers, ${kills} workers killed, ${seconds} s, seed ${seed}: ${faults.length} faults\n${faults.join('\n')}\n`,
  );
} finally {
  await guests.kill();
  await pair.stop().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  await guests.close();
}
process.exitCode = faults.length === 0 ? 0 : 1;
