import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NetworkSpace, spaceFile } from '../../apps/worker/src/fabric/kernel/network-space.js';
import type { ApiClient } from './api-client.js';
import { processesOf, uploadImage } from './guest-host.js';
import { tinyGuest } from './tiny-guest.js';

/** The folder of the guests of a test, with what they leave behind on this machine. */
export class GuestsUnderTest {
  private constructor(readonly folder: string) {}

  static async make(): Promise<GuestsUnderTest> {
    // A short path: sockets lie below it.
    return new GuestsUnderTest(await mkdtemp('/tmp/albireo-guests-'));
  }

  /** For the workers. */
  get env(): Record<string, string> {
    return {
      OS_DEFAULT__COMPUTE_DRIVER: 'qemu',
      OS_DEFAULT__INSTANCES_PATH: this.folder,
      OS_DEFAULT__CPU_ALLOCATION_RATIO: '32',
      OS_DEFAULT__SHUTDOWN_TIMEOUT: '1',
      OS_QEMU__ACCELERATOR: 'tcg',
      OS_QEMU__NETWORK: 'rootless',
    };
  }

  /** An image that boots in seconds; answers its id. */
  async uploadImage(api: ApiClient, name = 'tiny'): Promise<string> {
    const guest = tinyGuest();
    const disk = join(this.folder, 'disk.qcow2');
    spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '16M']);
    const everybody = { visibility: 'public' };
    const kernel_id = await uploadImage(api, {
      name: `${name}-kernel`,
      format: 'aki',
      file: guest.kernel,
      properties: everybody,
    });
    const ramdisk_id = await uploadImage(api, {
      name: `${name}-ramdisk`,
      format: 'ari',
      file: guest.ramdisk,
      properties: everybody,
    });
    const properties = { ...everybody, kernel_id, ramdisk_id, os_command_line: 'console=ttyS0 quiet' };
    const image = await uploadImage(api, { name, format: 'qcow2', file: disk, properties });
    await rm(disk);
    return image;
  }

  /** How many processes a guest has. */
  processesOf(id: string): number {
    return processesOf(join(this.folder, id)).length;
  }

  /** Processes, devices, namespaces and folders: empty when no guest is there. */
  async left(): Promise<string[]> {
    const space = await NetworkSpace.find(spaceFile(this.folder));
    const devices = (await space?.run(['ip', '-brief', 'link']))?.trim().split('\n') ?? [];
    const namespaces = (await space?.run(['ip', 'netns', 'list']))?.trim() ?? '';
    return [
      ...processesOf(this.folder).map((pid) => `process ${pid}`),
      ...devices.filter((line) => !line.startsWith('lo')),
      ...(namespaces === '' ? [] : [namespaces]),
      ...readdirSync(this.folder).filter((name) => /^[0-9a-f]{8}-/.test(name)),
    ];
  }

  /** Ends what still runs. */
  async kill(): Promise<void> {
    for (const pid of processesOf(this.folder)) process.kill(pid, 'SIGKILL');
  }

  /** After the workers have ended. */
  async close(): Promise<void> {
    await this.kill();
    await NetworkSpace.closeAt(spaceFile(this.folder));
    await rm(this.folder, { recursive: true, force: true });
  }
}
