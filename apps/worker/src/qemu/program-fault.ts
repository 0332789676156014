import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { QemuOptions } from '#libs/options';

/**
 * Folders in which programs are searched: a system's usual ones, and Homebrew's. Started programs get only this PATH.
 */
export const TOOL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

/** The path of a program, or undefined: found as by a shell. */
export function findProgram(program: string): string | undefined {
  if (isAbsolute(program)) return existsSync(program) ? program : undefined;
  return TOOL_PATH.split(delimiter)
    .map((directory) => join(directory, program))
    .find((file) => existsSync(file));
}

/** What is missing for compute_driver = qemu, or undefined. Only checks files. */
export function programFault(options: QemuOptions): string | undefined {
  const missing = [options.emulator, options.imageTool].filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return undefined;
  return (
    `compute_driver = qemu: ${missing.join(' and ')} not found: install QEMU (Debian: qemu-system-x86 and qemu-utils; ` +
    'Fedora: qemu-kvm and qemu-img; macOS: brew install qemu), or set [qemu] emulator and image_tool'
  );
}
