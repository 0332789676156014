import { randomUUID } from 'node:crypto';
import { access, chmod, constants, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '#libs/config';
import { QemuOptions, productVersion } from '#libs/options';
import type { SpiceOptions } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import type { HostGuests } from '../drivers/virt-driver.js';
import { NetworkSpace, spaceFile } from '../fabric/kernel/network-space.js';
import { reachStep } from '../store/index.js';
import { trimConsole } from './console-log.js';
import { ConsoleRelays } from './console-relays.js';
import { chooseAccelerator, emulatorVersion, findFirmware, hasSpice } from './emulator.js';
import { findProgram, programFault } from './program-fault.js';
import type { GuestDisk } from './guest-folder.js';
import { GuestFolder, guestFolders, isMissing, socketPathFault } from './guest-folder.js';
import { GuestDisks } from './guest-disks.js';
import type { GuestNetwork } from './guest-network.js';
import { GuestPower } from './guest-power.js';
import { GuestProcesses, bootId } from './guest-processes.js';
import type { GuestSources } from './guest-sources.js';
import { GuestWatch } from './guest-watch.js';
import { ImageCache } from './image-cache.js';
import { ImageTool } from './image-tool.js';

const log = getLogger('albireo.qemu');

/**
 * An image that no guest has used for this long is removed from the cache, as with nova's
 * remove_unused_original_minimum_age_seconds.
 */
const UNUSED_IMAGE_MS = 24 * 3_600_000;

export interface HostSettings {
  /** `[DEFAULT] host`: only this host may use the folder of guests. */
  readonly host: string;
  readonly instancesPath: string;
  /** The guests belong to this process and end with it. */
  readonly isEphemeral: boolean;
  readonly options: QemuOptions;
  readonly spice: Pick<SpiceOptions, 'enabled' | 'serverListen' | 'serverProxyclientAddress'>;
  /** KiB of console output that are kept per guest. */
  readonly consoleLogSize: () => number;
  readonly sources: GuestSources;
  /** Called once the directory of guests is claimed for this host. */
  readonly openNetwork: () => Promise<GuestNetwork>;
}

/** A machine for guests, after its check. */
export class OpenHost {
  readonly instancesPath: string;
  readonly version: number;
  readonly accelerator: 'kvm' | 'hvf' | 'tcg';
  readonly firmware: ReturnType<typeof findFirmware>;
  readonly sources: GuestSources;
  readonly network: GuestNetwork;
  readonly tool: ImageTool;
  readonly disks: GuestDisks;
  readonly power: GuestPower;
  readonly processes = new GuestProcesses();
  readonly relays: ConsoleRelays;
  /** Where clients reach the relays of SPICE. */
  readonly spiceAddress: string;
  readonly guests: HostGuests & { noticed(id: string): void };
  readonly #emulator: string;

  private constructor(
    settings: HostSettings,
    network: GuestNetwork,
    found: { emulator: string; version: number; accelerator: 'kvm' | 'hvf' | 'tcg'; spice: boolean },
  ) {
    const { instancesPath, options, sources } = settings;
    this.instancesPath = instancesPath;
    this.version = found.version;
    this.accelerator = found.accelerator;
    this.#emulator = found.emulator;
    this.relays = new ConsoleRelays(settings.spice.serverListen);
    this.spiceAddress = settings.spice.serverProxyclientAddress;
    this.firmware = findFirmware();
    this.sources = sources;
    this.network = network;
    this.tool = new ImageTool(findProgram(options.imageTool) ?? options.imageTool);
    const cache = new ImageCache(instancesPath, sources.images, this.tool);
    this.disks = new GuestDisks(cache, this.tool, sources);
    const host = {
      accelerator: found.accelerator,
      tcgCacheSize: options.tcgCacheSize,
      sandbox: options.sandbox,
      firmware: this.firmware,
      productVersion: productVersion(),
      spice: found.spice,
    };
    const power = { emulator: found.emulator, startTimeoutMs: options.startTimeout * 1_000 };
    this.power = new GuestPower(this.processes, network, host, power);
    this.guests = new GuestsOfHost(this, cache, settings);
  }

  /**
   * Checks the machine: programs, accelerator, the directory of guests. Logs what was chosen, and why. Throws Error
   * with text for the operator.
   */
  static async open(settings: HostSettings): Promise<OpenHost> {
    const { options, instancesPath } = settings;
    const fault = programFault(options) ?? socketPathFault(instancesPath);
    if (fault !== undefined) throw new Error(fault);
    const emulator = findProgram(options.emulator) ?? options.emulator;
    makeDirectory(instancesPath, 0o700);
    await access(instancesPath, constants.W_OK);
    const { uid } = await stat(instancesPath);
    if (uid !== (process.getuid?.() ?? uid))
      throw new Error(`instances_path ${instancesPath}: it belongs to another user`);
    await chmod(instancesPath, 0o700);
    await claimFolder(settings);
    const version = await emulatorVersion(emulator);
    const { accelerator, reason } = await chooseAccelerator(emulator, options.accelerator);
    const network = await settings.openNetwork();
    log.info(`Guests are run by QEMU with ${accelerator}: ${reason}`, {
      network: network.level,
      instances_path: instancesPath,
    });
    for (const warning of unsafeChoices(options, network)) log.warning(warning);
    const spice = settings.spice.enabled && (await hasSpice(emulator));
    if (settings.spice.enabled && !spice) {
      log.warning(
        '[spice] enabled: this QEMU has no SPICE server (Debian 13: qemu-system-modules-spice), so guests have none',
      );
    }
    return new OpenHost(settings, network, { emulator, version, accelerator, spice });
  }

  /** Whether guests can be started now. */
  async isUsable(): Promise<boolean> {
    try {
      await access(this.#emulator, constants.X_OK);
      await access(this.instancesPath, constants.W_OK);
      return true;
    } catch (error) {
      log.warning(`This host takes no guests: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }
}

function unsafeChoices({ sandbox, userNetworkOutbound }: QemuOptions, network: GuestNetwork): string[] {
  return [
    ...(sandbox
      ? []
      : ['[qemu] sandbox = false: a guest that breaks out of QEMU may use every system call of this user']),
    ...(network.level === 'user' && userNetworkOutbound
      ? [
          '[qemu] user_network_outbound = true: guests reach the services on the loopback address of this machine, this ' +
            "cloud's own among them",
        ]
      : []),
    ...(process.getuid?.() === 0
      ? ['The worker runs as root, and so do its guests: a guest that breaks out of QEMU has the machine']
      : []),
  ];
}

/** Two hosts must not share a folder: each would delete the guests of the other. Throws Error. */
async function claimFolder({ instancesPath, host }: HostSettings): Promise<void> {
  const file = join(instancesPath, 'host.json');
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as { readonly host?: unknown };
    if (found.host === host) return;
    throw new Error(
      `instances_path ${instancesPath}: it belongs to the host ${JSON.stringify(found.host)}, this worker is ` +
        `${JSON.stringify(host)}: give each host a directory of its own, or remove ${file}`,
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
    await writeFile(file, JSON.stringify({ host, id: randomUUID() }), { mode: 0o600, flag: 'wx' }).catch(
      (late: unknown) => {
        if (!(late instanceof Error && 'code' in late && late.code === 'EEXIST')) throw late;
      },
    );
  }
}

/** The directory for guests of a process that keeps nothing; those of killed processes are deleted. */
export function ephemeralInstancesPath(): string {
  // tmpdir() may be too long for the paths of sockets.
  return join('/tmp', `${EPHEMERAL}${process.pid}`);
}

const EPHEMERAL = 'albireo-instances-';

class GuestsOfHost implements HostGuests {
  readonly #watch: GuestWatch;

  constructor(
    private readonly host: OpenHost,
    private readonly cache: ImageCache,
    private readonly settings: HostSettings,
  ) {
    this.#watch = new GuestWatch(settings.instancesPath, host.processes);
  }

  async list(): Promise<readonly string[]> {
    return (await guestFolders(this.settings.instancesPath)).map(({ id }) => id);
  }

  async wasCutOff(id: string): Promise<boolean> {
    const folder = this.#folder(id);
    const record = await folder.read();
    if (record === undefined || !record.wantsToRun || record.bootId === (await bootId())) return false;
    return (await this.host.processes.find(folder)) === undefined;
  }

  async remove(id: string): Promise<void> {
    const folder = this.#folder(id);
    const record = await folder.read();
    // A build that is still running in another process finds no folder any more, and then ends its guest itself.
    await this.host.processes.kill(folder);
    reachStep('guest.step', 'remove.killed');
    await folder.remove();
    reachStep('guest.step', 'remove.folder');
    await this.host.processes.kill(folder);
    const server = { id, instanceName: record?.instanceName ?? '', hostname: record?.hostname ?? '' };
    await this.host.network.unplug(server, record?.ports.map((port) => port.id) ?? []);
    reachStep('guest.step', 'remove.unplugged');
  }

  noticed(id: string): void {
    this.#watch.watch(this.#folder(id));
  }

  networksChanged(): void {
    this.host.network.hint();
  }

  watch(listener: (id: string) => void): void {
    this.#watch.onChange(listener);
  }

  async sweep(): Promise<void> {
    const folders = await guestFolders(this.settings.instancesPath);
    const used = new Set<string>();
    for (const folder of folders) {
      const record = await folder.read();
      const disks: readonly GuestDisk[] = [...(record?.disks ?? []), ...(record?.rescue ? [record.rescue.disk] : [])];
      for (const { path } of disks) used.add(path);
      for (const kernel of [record?.kernel, record?.rescue?.kernel]) {
        for (const path of [kernel?.kernel, kernel?.ramdisk]) if (path) used.add(path);
      }
      if (record?.imageRef !== undefined) used.add(this.cache.place(record.imageRef));
      await trimConsole(folder, this.settings.consoleLogSize() * 1024);
    }
    await this.cache.sweep(used, UNUSED_IMAGE_MS);
    await this.host.network.keepOnly(async (id) => (await this.#folder(id).read()) !== undefined);
    await this.#watch.look();
    if (this.settings.isEphemeral) await this.#sweepDeadOnes();
  }

  async close(): Promise<void> {
    this.#watch.close();
    const { isEphemeral } = this.settings;
    if (isEphemeral) for (const id of await this.list()) await this.remove(id);
    await this.host.network.close(isEphemeral);
    if (!isEphemeral) return;
    await rm(this.settings.instancesPath, { recursive: true, force: true });
  }

  /** Deletes the leftovers of killed processes with `--ephemeral`. */
  async #sweepDeadOnes(): Promise<void> {
    const parent = dirname(this.settings.instancesPath);
    for (const name of await readdir(parent)) {
      const pid = name.startsWith(EPHEMERAL) ? Number(name.slice(EPHEMERAL.length)) : Number.NaN;
      if (!Number.isInteger(pid) || pid === process.pid || isAlive(pid)) continue;
      const path = join(parent, name);
      for (const folder of await guestFolders(path).catch(() => [])) await this.host.processes.kill(folder);
      await NetworkSpace.closeAt(spaceFile(path));
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  #folder(id: string): GuestFolder {
    return new GuestFolder(this.settings.instancesPath, id);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
