import { spawn } from 'node:child_process';
import { link, mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAM_ENVIRONMENT, runProgram } from './run-program.js';
import type { RunOptions } from './run-program.js';

/** How a space is created: with a user namespace of its own, which needs no privileges, or as root. */
export type SpaceKind = 'rootless' | 'host';

interface HolderRecord {
  readonly pid: number;
  /**
   * The start time of the process, in the kernel's ticks since boot: distinguishes it from a later process with the
   * same id.
   */
  readonly startTime: string;
  readonly bootId: string;
  readonly kind: SpaceKind;
}

const START_TRIES = 100;

/**
 * The network and mount namespaces that contain all of a host's bridges, taps and further namespaces. One sleeping
 * process holds them, so that they outlive the worker; when it ends, everything in them is gone.
 */
export class NetworkSpace {
  private constructor(
    readonly kind: SpaceKind,
    private readonly path: string,
    private holder: number,
    /** Whether this call created the space. */
    readonly isNew: boolean,
    private readonly machine: readonly string[],
  ) {}

  /**
   * Finds the space that the file at `path` names, or creates one; concurrent callers get the same. `machine` is the
   * command prefix that runs a program in the namespace with the machine's own devices. @default the current namespace
   */
  static async open(kind: SpaceKind, path: string, machine: readonly string[] = []): Promise<NetworkSpace> {
    const { pid, isNew } = await openHolder(kind, path);
    return new NetworkSpace(kind, path, pid, isNew, machine);
  }

  /** Ends the space that a file names, if there is one. */
  static async closeAt(path: string): Promise<void> {
    const found = await readRecord(path);
    if (found !== null && (await isAlive(found))) killHolder(found.pid);
    await rm(path, { force: true });
  }

  /** The space that a file names; null: there is none. */
  static async find(path: string): Promise<NetworkSpace | null> {
    const found = await readRecord(path);
    return found !== null && (await isAlive(found)) ? new NetworkSpace(found.kind, path, found.pid, false, []) : null;
  }

  get pid(): number {
    return this.holder;
  }

  /** Creates it again if its process was killed; returns whether it did. Guests that ran in it are cut off. */
  async revive(): Promise<boolean> {
    if ((await commandOf(this.holder)) === HOLDER[0]) return false;
    this.holder = (await openHolder(this.kind, this.path)).pid;
    return true;
  }

  /** Ends it with everything in it, except namespaces in which guests run. */
  async close(): Promise<void> {
    killHolder(this.holder);
    await rm(this.path, { force: true });
  }

  /** The command prefix that starts a program in the space, or in a namespace of it. */
  enter(namespace?: string): readonly string[] {
    const own = enterWords(this.kind, this.pid);
    return namespace === undefined ? own : [...own, 'nsenter', `--net=/run/netns/${namespace}`, '--'];
  }

  /**
   * The command prefix that starts a guest: in the space, with the machine's own files, and without any privilege in
   * it.
   */
  launcher(): readonly string[] {
    const own = ['nsenter', '--target', String(this.pid), ...USER_WORDS[this.kind], '--net', '--'];
    return [...own, 'setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', '--'];
  }

  /** Runs a program in the space. Errors: ProgramFailed. */
  run(command: readonly string[], options?: RunOptions & { readonly namespace?: string }): Promise<string> {
    return runProgram([...this.enter(options?.namespace), ...command], options);
  }

  /** Runs a program on the machine itself. Errors: ProgramFailed. */
  runOutside(command: readonly string[], options?: RunOptions): Promise<string> {
    return runProgram([...this.machine, ...command], options);
  }

  /** Writes one value to kernel settings below /proc/sys. */
  async set(value: string, settings: readonly string[], namespace?: string): Promise<void> {
    await this.run(['tee', ...settings.map(pathOf)], { input: value, ...(namespace !== undefined && { namespace }) });
  }
}

/** The file in a host's folder that names its space. */
export const spaceFile = (folder: string): string => join(folder, 'network-space.json');

async function openHolder(kind: SpaceKind, path: string): Promise<{ readonly pid: number; readonly isNew: boolean }> {
  const found = await readRecord(path);
  if (found !== null && found.kind === kind && (await isAlive(found))) return { pid: found.pid, isNew: false };
  const pid = await startHolder(kind);
  try {
    await prepare(kind, pid);
    const record: HolderRecord = { pid, startTime: (await startTimeOf(pid)) ?? '', bootId: await bootId(), kind };
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const winner = await claim(path, record, found);
    if (winner !== record) killHolder(pid);
    return { pid: winner.pid, isNew: winner === record };
  } catch (error) {
    killHolder(pid);
    throw error;
  }
}

/** Makes the file name a new space; if another process was faster, returns that process's space. */
async function claim(path: string, record: HolderRecord, stale: HolderRecord | null): Promise<HolderRecord> {
  const own = `${path}.${record.pid}`;
  await writeFile(own, JSON.stringify(record), { mode: 0o600 });
  try {
    for (;;) {
      // A hard link, since it is created atomically.
      const isOwn = await link(own, path).then(
        () => true,
        () => false,
      );
      if (isOwn) return record;
      const found = await readRecord(path);
      if (found !== null && found.pid !== stale?.pid && found.kind === record.kind && (await isAlive(found)))
        return found;
      if (found !== null && (await isAlive(found))) killHolder(found.pid);
      await rm(path, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function prepare(kind: SpaceKind, pid: number): Promise<void> {
  const run = (command: readonly string[], input?: string): Promise<string> =>
    runProgram([...enterWords(kind, pid), ...command], input === undefined ? {} : { input });
  // Names of namespaces are files below /run/netns; this gives the space its own.
  await run(['mount', '-t', 'tmpfs', '-o', 'mode=755,size=1m', 'albireo-fabric', '/run']);
  await run(['ip', 'link', 'set', 'lo', 'up']);
  for (const [value, settings] of SETTINGS) await run(['tee', ...settings.map(pathOf)], value);
}

/**
 * The space of the bridges has no addresses of its own and forwards nothing; bridged packets pass the rules of `inet`.
 */
const SETTINGS: readonly (readonly [value: string, settings: readonly string[]])[] = [
  ['0', ['net/ipv4/ip_forward']],
  ['1', ['net/ipv6/conf/all/disable_ipv6', 'net/ipv6/conf/default/disable_ipv6']],
  ['1', ['net/bridge/bridge-nf-call-iptables', 'net/bridge/bridge-nf-call-ip6tables']],
];

const pathOf = (setting: string): string => `/proc/sys/${setting}`;

const enterWords = (kind: SpaceKind, pid: number): readonly string[] => [
  'nsenter',
  '--target',
  String(pid),
  ...USER_WORDS[kind],
  '--mount',
  '--net',
  '--',
];

const USER_WORDS: Readonly<Record<SpaceKind, readonly string[]>> = {
  rootless: ['--user', '--preserve-credentials'],
  host: [],
};

const HOLDER = ['sleep', '2147483647'] as const;

async function startHolder(kind: SpaceKind): Promise<number> {
  const user = kind === 'rootless' ? ['--user', '--map-root-user'] : [];
  const child = spawn('unshare', [...user, '--net', '--mount', '--', ...HOLDER], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: PROGRAM_ENVIRONMENT,
    cwd: '/',
  });
  const failed = new Promise<never>((_resolve, reject) => {
    let text = '';
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`unshare: ${text.trim() || `exit code ${code}`}`)));
  });
  failed.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) return failed;
  for (let tries = 0; tries < START_TRIES; tries += 1) {
    if ((await commandOf(pid)) === HOLDER[0]) {
      child.stderr.destroy();
      child.unref();
      return pid;
    }
    await Promise.race([sleep(20), failed]);
  }
  killHolder(pid);
  throw new Error('unshare: the space was not there after 2 s');
}

function killHolder(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

async function readRecord(path: string): Promise<HolderRecord | null> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as Partial<HolderRecord>;
    const { pid, startTime, bootId: boot, kind } = record;
    if (typeof pid !== 'number' || typeof startTime !== 'string' || typeof boot !== 'string') return null;
    return kind === 'rootless' || kind === 'host' ? { pid, startTime, bootId: boot, kind } : null;
  } catch {
    return null;
  }
}

async function isAlive(record: HolderRecord): Promise<boolean> {
  if (record.bootId !== (await bootId()) || record.startTime !== (await startTimeOf(record.pid))) return false;
  const [own, its] = await Promise.all([namespaceOf('self'), namespaceOf(String(record.pid))]);
  return its !== null && own !== its;
}

async function namespaceOf(pid: string): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

async function statOf(pid: number): Promise<string | null> {
  try {
    return await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
}

async function commandOf(pid: number): Promise<string | null> {
  return /\((.*)\)/s.exec((await statOf(pid)) ?? '')?.[1] ?? null;
}

/** Field 22 of proc(5)'s stat; the command name before it may contain spaces. */
async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await statOf(pid);
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}
