// Servers of QEMU that are made and deleted in random order while the workers of their host are killed. Run by hand:
//   npm run chaos:guests [-- SERVERS [SEED]]
// Ends with 1 where a server is not what it was asked to be, or where anything of a guest is left.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, until } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { processesOf, uploadImage } from '#testing/guest-host';
import type { Program } from '#testing/program';
import { startPair } from '#testing/stack';
import { tinyGuest } from '#testing/tiny-guest';
import { NetworkSpace, spaceFile } from '../../apps/worker/src/fabric/kernel/network-space.js';

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

const instances = await mkdtemp('/tmp/albireo-guests-');
const pair = await startPair({
  workers: 2,
  env: {
    OS_DEFAULT__COMPUTE_DRIVER: 'qemu',
    OS_DEFAULT__INSTANCES_PATH: instances,
    OS_DEFAULT__CPU_ALLOCATION_RATIO: '32',
    OS_DEFAULT__SHUTDOWN_TIMEOUT: '1',
    OS_QEMU__ACCELERATOR: 'tcg',
    OS_QEMU__NETWORK: 'rootless',
  },
});
const faults: string[] = [];
let kills = 0;
try {
  const api = new ApiClient(pair.ports);
  await api.login();
  const cloud = new Cloud(api);
  const guest = tinyGuest();
  const disk = join(instances, 'disk.qcow2');
  spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '16M']);
  const kernel_id = await uploadImage(api, { name: 'kernel', format: 'aki', file: guest.kernel });
  const ramdisk_id = await uploadImage(api, { name: 'ramdisk', format: 'ari', file: guest.ramdisk });
  const properties = { kernel_id, ramdisk_id, os_command_line: 'console=ttyS0 quiet' };
  const image = await uploadImage(api, { name: 'tiny', format: 'qcow2', file: disk, properties });
  await rm(disk);
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
    const space = await NetworkSpace.find(spaceFile(instances));
    const devices = (await space?.run(['ip', '-brief', 'link']))?.trim().split('\n') ?? [];
    const namespaces = (await space?.run(['ip', 'netns', 'list']))?.trim() ?? '';
    const folders = readdirSync(instances).filter((name) => /^[0-9a-f]{8}-/.test(name));
    const ports = await cloud.ports();
    return [
      ...processesOf(instances).map((pid) => `process ${pid}`),
      ...devices.filter((line) => !line.startsWith('lo')),
      ...(namespaces === '' ? [] : [namespaces]),
      ...folders,
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
  for (const pid of processesOf(instances)) process.kill(pid, 'SIGKILL');
  await pair.stop().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  await NetworkSpace.closeAt(spaceFile(instances));
  await rm(instances, { recursive: true, force: true });
}
process.exitCode = faults.length === 0 ? 0 : 1;
