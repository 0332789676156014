// npm run guests:debian [-- FOLDER]
//   A Debian with cloud-init, from the image to ssh: the image is built unless FOLDER has it (tools/build-debian-guest.sh),
//   uploaded, and a server of it made with a key pair and user data. It takes its address by DHCP, its name, key and user
//   data from the Metadata API, and is logged in to in each way that leads to it. Prints figures; ends with 1 where
//   something is not as it was asked for. Needs what the script and `--driver qemu` need, and ssh.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingForNetworks, processesOf } from '#testing/guest-host';
import { startEmbedded } from '#testing/stack';
import { missingForGuests } from '#testing/tiny-guest';
import { Signalled, unlessSignalled } from '#testing/until-signal';
import { NetworkSpace, spaceFile } from '../../apps/worker/src/fabric/kernel/network-space.js';
import { Figures } from './figures.js';
import { runDebian } from './run-debian.js';

const BUILD = fileURLToPath(new URL('../../../tools/build-debian-guest.sh', import.meta.url));

const missing = missingForGuests() || (await missingForNetworks(['ssh', 'ssh-keygen']));
if (missing !== false) throw new Error(missing);

const figures = new Figures();
const directory = mkdtempSync('/tmp/albireo-debian-');
const folder = resolve(process.argv[2] ?? directory);
const image = join(folder, 'albireo-debian.qcow2');
if (!existsSync(image)) {
  const { status } = spawnSync(BUILD, [folder], { stdio: 'inherit' });
  assert.equal(status, 0, 'the image was not built');
  figures.lap('image built');
}
figures.addBytes('image, qcow2', statSync(image).size);

const instances = join(directory, 'state', 'instances');
const env = { OS_DEFAULT__COMPUTE_DRIVER: 'qemu', OS_QEMU__NETWORK: 'rootless' };
const killProcesses = (program?: RegExp): void => {
  for (const pid of processesOf(directory, program)) process.kill(pid, 'SIGKILL');
};
figures.begin();
const starting = startEmbedded({ directory, env });
try {
  await unlessSignalled(starting.then((stack) => runDebian(stack, image, figures)));
  console.log(`\n${String(figures)}`);
} catch (error) {
  if (!(error instanceof Signalled)) throw error;
  console.error(`${error.message}: the cloud and its guests are taken away`);
  process.exitCode = error.exitCode;
} finally {
  await starting.then((stack) => stack.stop()).catch(() => undefined);
  killProcesses();
  await NetworkSpace.closeAt(spaceFile(instances));
  // At last: until here, what was waited for when a signal came has gone on, and may have started another ssh.
  killProcesses(/./);
  rmSync(directory, { recursive: true, force: true });
}
// What was waited for when a signal came would go on.
if (process.exitCode !== undefined) process.exit();
