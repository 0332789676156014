import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../../../tools/build-guest.sh', import.meta.url));

/** The files of albireo-tiny. */
export interface TinyGuest {
  readonly kernel: string;
  readonly ramdisk: string;
  /** Removes them, unless they were there before. */
  remove(): void;
}

/**
 * Why no real guest can be run here, or false when one can: give it to node:test's `skip`. With ALBIREO_REQUIRE_PEERS=1
 * what is missing is an error in place of a skip.
 */
export function missingForGuests(): string | false {
  const built = process.env['ALBIREO_TEST_GUEST'] !== undefined;
  const programs = ['qemu-system-x86_64', 'qemu-img', ...(built ? [] : ['apt-get', 'dpkg-deb', 'cpio'])];
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length === 0) return false;
  const reason = `needs ${missing.join(', ')}`;
  if (process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(reason);
  return reason;
}

/** The guest of ALBIREO_TEST_GUEST, or one that is built now. */
export function tinyGuest(): TinyGuest {
  const given = process.env['ALBIREO_TEST_GUEST'];
  const directory = given ?? mkdtempSync(join(tmpdir(), 'albireo-guest-'));
  const files = { kernel: join(directory, 'vmlinuz'), ramdisk: join(directory, 'initrd.gz') };
  if (!existsSync(files.ramdisk)) {
    const { status, stderr } = spawnSync(BUILD, [directory], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the guest was not built: ${stderr}`);
  }
  return {
    ...files,
    remove() {
      if (given === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
