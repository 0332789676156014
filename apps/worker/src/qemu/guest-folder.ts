import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlavorData, PortData } from '#libs/contracts';
import type { NetworkLevel, PluggedPort } from './guest-network.js';

/** A disk of a guest: a file in its folder, or the image of a CD in the cache. */
export interface GuestDisk {
  readonly role: 'root' | 'ephemeral' | 'swap' | 'config' | 'cdrom' | 'rescue';
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  readonly readOnly: boolean;
}

/** A kernel outside of the disk, for images that have one. */
export interface DirectKernel {
  readonly kernel: string;
  readonly ramdisk: string | null;
  readonly commandLine: string;
}

/** `guest.json`: the driver's data about a guest, the same for every worker. */
export interface GuestRecord {
  readonly version: 1;
  readonly id: string;
  readonly instanceName: string;
  readonly displayName: string;
  readonly hostname: string;
  readonly host: string;
  /** The last finished operation: a repetition of it does nothing. */
  readonly lastTask: string | null;
  /** Whether the disks are complete: an interrupted build starts again. */
  readonly isBuilt: boolean;
  readonly imageRef: string;
  readonly imageProperties: Readonly<Record<string, unknown>>;
  readonly flavor: FlavorData;
  readonly disks: readonly GuestDisk[];
  readonly kernel: DirectKernel | null;
  readonly ports: readonly PortData[];
  readonly networkLevel: NetworkLevel;
  readonly plugged: readonly PluggedPort[];
  readonly launcher: readonly string[];
  /** Whether the guest should be running: if it is not, it ended by itself or with its host. */
  readonly wantsToRun: boolean;
  /** Its state is saved in its root disk, to be resumed. */
  readonly isSuspended: boolean;
  /** Its rescue disk, during a rescue. */
  readonly rescue: { readonly disk: GuestDisk; readonly kernel: DirectKernel | null } | null;
  /** Released by a move, and not taken over since. */
  readonly isMovedOut: boolean;
  /** The root disk before a resize that enlarged it, while the resize can be reverted. */
  readonly diskBeforeResize: GuestDisk | null;
  /** The host's boot id when the guest was started; null before the first start. */
  readonly bootId: string | null;
}

/** The longest path of a unix socket (sun_path on Linux; other systems allow a few characters less). */
const MAX_SOCKET_PATH = 103;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A guest's folder below `instances_path`, accessible to its owner only. */
export class GuestFolder {
  readonly path: string;

  /** Throws TypeError for an id that is not a UUID: a folder must never be outside of `instances_path`. */
  constructor(
    readonly instancesPath: string,
    readonly id: string,
  ) {
    if (!UUID.test(id)) throw new TypeError('a server has a UUID');
    this.path = join(instancesPath, id);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The monitor for commands. */
  get qmp(): string {
    return this.file('qmp.sock');
  }

  /** The monitor for events, used by one worker of the host at a time. */
  get events(): string {
    return this.file('events.sock');
  }

  get vnc(): string {
    return this.file('vnc.sock');
  }

  get serial(): string {
    return this.file('serial.sock');
  }

  get spice(): string {
    return this.file('spice.sock');
  }

  get pidFile(): string {
    return this.file('qemu.pid');
  }

  get consoleLog(): string {
    return this.file('console.log');
  }

  /** QEMU's own output. */
  get emulatorLog(): string {
    return this.file('qemu.log');
  }

  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Undefined if there is no guest, or no complete record of it. */
  async read(): Promise<GuestRecord | undefined> {
    try {
      const record = JSON.parse(await readFile(this.file('guest.json'), 'utf8')) as GuestRecord;
      return record.version === 1 ? record : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Replaces the previous record as a whole. Fails if the folder is gone. */
  async write(record: GuestRecord): Promise<void> {
    const draft = this.file(`guest.${randomUUID()}.part`);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(record, undefined, 1));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, this.file('guest.json'));
  }
}

/** The folders of guests, complete or not. */
export async function guestFolders(instancesPath: string): Promise<GuestFolder[]> {
  const names = await readdir(instancesPath).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.filter((name) => UUID.test(name)).map((id) => new GuestFolder(instancesPath, id));
}

/** Why `instances_path` cannot contain sockets, or undefined. */
export function socketPathFault(instancesPath: string): string | undefined {
  const longest = join(instancesPath, '00000000-0000-0000-0000-000000000000', 'events.sock').length;
  if (longest <= MAX_SOCKET_PATH) return undefined;
  const room = MAX_SOCKET_PATH - (longest - instancesPath.length);
  return `instances_path: expected at most ${room} characters, since the sockets of guests lie below it; found ${instancesPath.length}`;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
