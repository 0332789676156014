import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A small disk of the test's own, which can be full. Needs root. */
export class RamDisk {
  private constructor(readonly directory: string) {}

  static async create(mebibytes: number): Promise<RamDisk> {
    const directory = await mkdtemp(join(tmpdir(), 'albireo-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'albireo-test', directory]);
    return new RamDisk(directory);
  }

  get #ballast(): string {
    return join(this.directory, 'ballast');
  }

  /** Takes all room but some KiB. */
  async fill(leftKib = 0): Promise<void> {
    const { bavail, bsize } = await statfs(this.directory);
    await writeFile(this.#ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftKib * 1024)));
  }

  async empty(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async remove(): Promise<void> {
    await run('umount', ['--lazy', this.directory]);
    await rm(this.directory, { recursive: true, force: true });
  }
}
