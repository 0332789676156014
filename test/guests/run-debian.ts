import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { processesOf, uploadImage } from '#testing/guest-host';
import type { Stack } from '#testing/stack';
import { DebianScene } from './debian-scene.js';
import type { Figures } from './figures.js';
import { SshKey } from './ssh-key.js';

/** The clock ticks of Linux in a second, for what it tells of processes. */
const TICKS = 100;

/** Goes with an image from its upload to ssh by each way, and to the server's deletion. */
export async function runDebian(stack: Stack, image: string, figures: Figures): Promise<void> {
  const { directory } = stack;
  const state = join(directory, 'state');
  const api = new ApiClient(stack.ports);
  await api.login();
  figures.lap('cloud started');
  const imageId = await uploadImage(api, { name: 'albireo-debian', format: 'qcow2', file: image });
  figures.lap('image uploaded');
  const scene = new DebianScene(new Cloud(api), new SshKey(directory), { instances: join(state, 'instances'), state });
  await scene.make(imageId);
  figures.lap('server ACTIVE');
  await scene.untilSsh();
  figures.lap('albireo-manage ssh answers, after that');
  await scene.untilCloudInit();
  figures.lap('cloud-init is done, after that');
  for (const [what, answer] of await scene.look()) console.log(`  ${what}: ${answer}`);
  figures.lap('looked at, by seven log-ins');
  await scene.byForward();
  figures.lap('albireo-manage forward');
  await scene.byFloatingIp();
  figures.lap('floating IP, its creation included');
  const [pid = 0] = processesOf(directory);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const times = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  figures.addBytes('QEMU, memory', Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024);
  figures.add('QEMU, processor', `${((Number(times[11]) + Number(times[12])) / TICKS).toFixed(0)} s`);
  await scene.remove();
  figures.lap('deleted');
  assert.deepEqual(processesOf(directory), []);
}
