import { existsSync } from 'node:fs';
import { ExpectedError } from '#libs/contracts';
import type { ConsoleTarget } from '../drivers/virt-driver.js';
import type { GuestFolder } from './guest-folder.js';
import type { GuestProcesses } from './guest-processes.js';

/** The kinds of consoles that a guest may have. */
export type GuestConsole = 'vnc' | 'serial' | 'spice';

/**
 * The address of a guest's console; undefined while the guest is not running. Errors: ConsoleTypeUnavailable if it was
 * started without that console, as get_vnc_console and get_spice_console of nova.virt.libvirt.driver.
 */
export async function consoleOf(
  folder: GuestFolder,
  processes: GuestProcesses,
  kind: GuestConsole,
): Promise<ConsoleTarget | undefined> {
  if ((await processes.find(folder)) === undefined) return undefined;
  const socketPath = folder[kind];
  if (!existsSync(socketPath)) {
    throw new ExpectedError('ConsoleTypeUnavailable', `Unavailable console type ${kind}.`);
  }
  return { socketPath };
}
