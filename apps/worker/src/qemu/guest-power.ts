import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { POWER_STATE } from '#libs/contracts';
import { reachStep } from '../store/index.js';
import { guestArguments } from './command-line.js';
import type { GuestHost } from './command-line.js';
import { GuestError } from './guest.errors.js';
import type { GuestFolder, GuestRecord } from './guest-folder.js';
import { bootId } from './guest-processes.js';
import type { GuestProcesses } from './guest-processes.js';
import type { GuestNetwork } from './guest-network.js';
import { QmpUnreachable, recordOf, withQmp } from './qmp-client.js';
import { toolEnvironment } from './run-tool.js';

export interface GuestPowerSettings {
  /** The path of the emulator. */
  readonly emulator: string;
  readonly startTimeoutMs: number;
}

/** The time between two presses of a guest's power button. */
const PRESS_MS = 10_000;
const POLL_MS = 40;
/** How long QEMU may take to quit. */
const QUIT_MS = 5_000;

/** The name of a suspended guest's saved state in its root disk. */
export const SUSPENDED_STATE = 'albireo-suspended';

/** nova's power_state for QEMU's states; all other states mean that the guest is running, or about to. */
const STATES: Readonly<Record<string, number>> = {
  paused: POWER_STATE.PAUSED,
  'io-error': POWER_STATE.PAUSED,
  suspended: POWER_STATE.SUSPENDED,
  shutdown: POWER_STATE.SHUTDOWN,
  'guest-panicked': POWER_STATE.CRASHED,
  'internal-error': POWER_STATE.CRASHED,
};

/** Starts, stops and checks guests as processes. A guest keeps running when the worker that started it ends. */
export class GuestPower {
  constructor(
    private readonly processes: GuestProcesses,
    private readonly network: GuestNetwork,
    private readonly host: GuestHost,
    private readonly settings: GuestPowerSettings,
  ) {}

  /**
   * Starts a guest and waits until QEMU answers; a running guest is left alone. Returns the current record. Errors:
   * GuestError InsufficientFreeMemory, InstancePowerOnFailure; those of the network.
   */
  async start(folder: GuestFolder, record: GuestRecord, signal: AbortSignal): Promise<GuestRecord> {
    const isRunning = (await this.processes.find(folder)) !== undefined;
    const { ports, launcher } = await this.network.plug(record, record.ports);
    reachStep('guest.step', 'start.plugged');
    const started: GuestRecord = {
      ...record,
      plugged: ports,
      launcher,
      networkLevel: this.network.level,
      wantsToRun: true,
      bootId: await bootId(),
    };
    if (isRunning) return started;
    await this.#clean(folder);
    const resumeFrom = record.isSuspended ? SUSPENDED_STATE : null;
    const args = guestArguments({ record: started, folder, plugged: ports, resumeFrom }, this.host);
    const exit = await this.#spawn(folder, [...launcher, this.settings.emulator, ...args]);
    reachStep('guest.step', 'start.process');
    await this.#untilAnswers(folder, started, exit, signal);
    reachStep('guest.step', 'start.answers');
    return started;
  }

  /**
   * Presses the power button, waits up to `graceMs` for the guest to end by itself, then switches it off. Returns
   * whether it ended by itself. Also succeeds for a guest that is off.
   */
  async stop(folder: GuestFolder, graceMs: number, signal: AbortSignal): Promise<boolean> {
    const byItself = await this.askToEnd(folder, graceMs, signal);
    if (!byItself) await this.kill(folder);
    return byItself;
  }

  /** Presses the power button repeatedly for up to `graceMs`; returns whether the guest has ended. */
  async askToEnd(folder: GuestFolder, graceMs: number, signal: AbortSignal): Promise<boolean> {
    const until = performance.now() + graceMs;
    for (;;) {
      if (!(await this.processes.isAlive(folder))) return (await this.processes.find(folder)) === undefined;
      const left = until - performance.now();
      if (left <= 0) return false;
      try {
        await withQmp(folder.qmp, async (qmp) => {
          const { status } = recordOf(await qmp.execute('query-status'));
          // A paused guest cannot react to the button.
          if (status === 'paused') await qmp.execute('cont');
          await qmp.execute('system_powerdown');
        });
      } catch (error) {
        if (!(error instanceof QmpUnreachable)) throw error;
      }
      if (await this.processes.untilGone(folder, Math.min(PRESS_MS, left), signal)) return true;
    }
  }

  /** Switches a guest off. */
  async kill(folder: GuestFolder): Promise<void> {
    if ((await this.processes.find(folder)) === undefined) return;
    // QEMU's own quit writes the last blocks of its disks; the signal is for a process that hangs.
    const quit = await withQmp(folder.qmp, (qmp) => qmp.execute('quit', {}, QUIT_MS), 2_000).catch(() => 'no answer');
    if (quit === 'no answer' || !(await this.processes.untilGone(folder, QUIT_MS))) await this.processes.kill(folder);
  }

  /** nova's power_state of a guest, from its current state. */
  async state(folder: GuestFolder, record: GuestRecord): Promise<number> {
    if ((await this.processes.find(folder)) === undefined) {
      return record.isSuspended ? POWER_STATE.SUSPENDED : POWER_STATE.SHUTDOWN;
    }
    try {
      const { status } = recordOf(await withQmp(folder.qmp, (qmp) => qmp.execute('query-status'), 5_000));
      return STATES[String(status)] ?? POWER_STATE.RUNNING;
    } catch (error) {
      if (!(error instanceof QmpUnreachable)) throw error;
      const isGone = (await this.processes.find(folder)) === undefined;
      return isGone ? POWER_STATE.SHUTDOWN : POWER_STATE.RUNNING;
    }
  }

  async #clean(folder: GuestFolder): Promise<void> {
    const left = [
      folder.qmp,
      folder.events,
      folder.vnc,
      folder.serial,
      folder.spice,
      folder.pidFile,
      folder.file('agent.sock'),
    ];
    for (const file of left) await rm(file, { force: true });
  }

  /** Returns a function that describes the process's end: undefined while it runs. */
  async #spawn(folder: GuestFolder, [program = '', ...args]: readonly string[]): Promise<() => string | undefined> {
    const log = await open(folder.emulatorLog, 'w', 0o600);
    // No other user of the host may read a console, whatever umask QEMU uses for the file.
    const console = await open(folder.consoleLog, 'a', 0o600);
    await console.close();
    let ended: string | undefined;
    try {
      const child = spawn(program, args, {
        detached: true,
        cwd: folder.path,
        stdio: ['ignore', log.fd, log.fd],
        env: toolEnvironment(),
      });
      child.once('error', (error) => (ended = error.message));
      child.once('exit', (code) => (ended = `QEMU ended with ${code ?? 'a signal'}`));
      child.unref();
    } finally {
      await log.close();
    }
    return () => ended;
  }

  async #untilAnswers(
    folder: GuestFolder,
    record: GuestRecord,
    exit: () => string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const until = performance.now() + this.settings.startTimeoutMs;
    for (;;) {
      const ended = exit();
      if (ended !== undefined) throw await this.#startError(folder, record, ended);
      if (existsSync(folder.pidFile) && existsSync(folder.qmp)) {
        try {
          await withQmp(folder.qmp, (qmp) => qmp.execute('query-status'), 2_000);
          await chmod(folder.consoleLog, 0o600).catch(() => undefined);
          return;
        } catch (error) {
          if (!(error instanceof QmpUnreachable)) throw error;
        }
      }
      if (performance.now() > until) {
        await this.processes.kill(folder);
        throw new GuestError('InstancePowerOnFailure', 'Failed to power on instance: QEMU does not answer.');
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  async #startError(folder: GuestFolder, record: GuestRecord, ended: string): Promise<Error> {
    const told = await readFile(folder.emulatorLog, 'utf8').catch(() => '');
    const cause = new Error(`${ended}: ${told.trim().slice(-2_000)}`);
    if (/annot allocate memory|cannot set up guest memory|ENOMEM|Out of memory/i.test(`${told}${ended}`)) {
      const text = `Insufficient memory on the host for a guest of ${record.flavor.ram} MiB.`;
      return new GuestError('InsufficientFreeMemory', text, cause);
    }
    if (/ENOENT/.test(ended)) {
      return new GuestError('HypervisorUnavailable', 'QEMU is not installed on the host any more.', cause);
    }
    if (/No space left on device/.test(told))
      return new GuestError('DiskFull', 'There is no space left on the disk of the host.', cause);
    return new GuestError('InstancePowerOnFailure', 'Failed to power on instance: QEMU did not start.', cause);
  }
}
