import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMissing } from './guest-folder.js';
import type { GuestFolder } from './guest-folder.js';
import { runTool } from './run-tool.js';

/** A process of a guest. */
interface Found {
  readonly pid: number;
  readonly command: readonly string[];
}

const POLL_MS = 40;

/**
 * The guests' processes, identified by the arguments with which they were started: the server's id and its folder. A
 * pid file may be missing, or contain a number that another process has now, so it is only a hint.
 */
export class GuestProcesses {
  /** The process of a guest, or undefined. */
  async find(folder: GuestFolder): Promise<number | undefined> {
    const said = await this.#said(folder);
    if (said !== undefined) return said;
    return (await this.#all()).find((each) => belongs(each.command, folder))?.pid;
  }

  /** As `find`, by the pid file only: sufficient for a repeated check. */
  async isAlive(folder: GuestFolder): Promise<boolean> {
    return (await this.#said(folder)) !== undefined;
  }

  /** Waits until a guest has no process; false on timeout. Aborted by `signal`. */
  async untilGone(folder: GuestFolder, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      if (!(await this.isAlive(folder)) && (await this.find(folder)) === undefined) return true;
      if (performance.now() >= until) return false;
      await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  /** Kills a guest's process at once, and waits for its end. Throws if it does not end. */
  async kill(folder: GuestFolder): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const pid = await this.find(folder);
      if (pid === undefined) return;
      signalTo(pid, 'SIGKILL');
      await this.untilGone(folder, 2_000);
    }
    throw new Error(`the process of ${folder.id} does not end`);
  }

  async #said(folder: GuestFolder): Promise<number | undefined> {
    const pid = await pidIn(folder.pidFile);
    if (pid === undefined) return undefined;
    const command = await commandOf(pid);
    return command !== undefined && belongs(command, folder) ? pid : undefined;
  }

  async #all(): Promise<Found[]> {
    if (process.platform !== 'linux') return listed();
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const found = await Promise.all(pids.map(async (pid) => ({ pid, command: await commandOf(pid) })));
    return found.flatMap(({ pid, command }) => (command === undefined ? [] : [{ pid, command }]));
  }
}

/** The boot id of this machine; a constant if the system has none. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return 'unknown';
  }
}

function belongs(command: readonly string[], folder: GuestFolder): boolean {
  const at = command.indexOf('-uuid');
  return at >= 0 && command[at + 1] === folder.id && command.includes(folder.pidFile);
}

async function pidIn(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The arguments of a process; undefined if it has ended. */
async function commandOf(pid: number): Promise<readonly string[] | undefined> {
  if (process.platform !== 'linux') return (await listed()).find((each) => each.pid === pid)?.command;
  try {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return text === '' ? undefined : text.split('\0');
  } catch {
    return undefined;
  }
}

async function listed(): Promise<Found[]> {
  const text = await runTool('ps', ['-axww', '-o', 'pid=,command='], { timeoutMs: 10_000 });
  return text.split('\n').flatMap((line) => {
    const [pid, ...command] = line.trim().split(/\s+/);
    return pid === undefined || pid === '' ? [] : [{ pid: Number(pid), command }];
  });
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
