import type { Configuration } from '#libs/config';
import { LauncherOptions } from '../options.js';
import type { LoggingControl } from '#libs/telemetry';
import { getLogger } from '#libs/telemetry';
import type { GroupSet } from '../workers/group-set.js';
import type { ShutdownPlan } from './shutdown-phases.js';
import type { ShutdownRunner } from './shutdown-runner.js';
import type { WorkerConfiguration } from '../workers/worker-configuration.js';
import { readFileSync } from 'node:fs';

/**
 * Whether this process runs in the foreground of a terminal, where Ctrl-C and a hang-up mean "stop", as oslo.service's
 * `_is_daemon` checks it.
 */
export function isInForeground(): boolean {
  if (!process.stdout.isTTY && !process.stderr.isTTY) return false;
  try {
    // After the command in parentheses: state, ppid, process group, session, terminal, the terminal's foreground group.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\)\s/s, '')
      .split(' ');
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}

/** The parent's signal handlers. */
export type SignalHandlers = Readonly<Record<'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR2', () => void>>;

/**
 * Installs all handlers at once. As PID 1 a process without handlers ignores signals, so a launcher does this first.
 * Returns a function that removes them.
 */
export function installSignals(handlers: SignalHandlers): () => void {
  const entries = Object.entries(handlers) as [NodeJS.Signals, () => void][];
  for (const [signal, handler] of entries) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of entries) process.off(signal, handler);
  };
}

const log = getLogger('albireo.launcher');
const interruptDrainMs = 2000;
/** npm forwards the terminal's SIGINT: one press of Ctrl-C can arrive twice. */
const samePressMs = 400;
/** `timeout` and npm send a signal to the process and to its group: one SIGTERM can arrive twice. */
const sameSignalMs = 100;

export interface SignalPolicyParts {
  readonly config: Configuration;
  readonly workerConfiguration: WorkerConfiguration;
  readonly shutdown: ShutdownRunner;
  readonly groups: GroupSet;
  readonly loggingControl: LoggingControl | undefined;
}

/** The parent's handling of SIGTERM, SIGINT and SIGHUP. */
export class SignalPolicy {
  readonly #parts: SignalPolicyParts;
  readonly #settings: LauncherOptions;
  #interruptedMs = Number.NEGATIVE_INFINITY;
  #terminatedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: SignalPolicyParts) {
    this.#parts = parts;
    this.#settings = parts.config.get(LauncherOptions);
  }

  onTerminate(signal = 'SIGTERM'): void {
    const now = performance.now();
    if (now - this.#terminatedMs < sameSignalMs) return;
    this.#terminatedMs = now;
    log.info(`Caught ${signal}, stopping children`);
    this.#parts.shutdown.terminate(this.plan(0));
  }

  onInterrupt(): void {
    const { shutdown } = this.#parts;
    if (!isInForeground()) {
      log.info('Caught SIGINT signal, instantaneous exiting');
      shutdown.cut(1);
      return;
    }
    const now = performance.now();
    if (now - this.#interruptedMs < samePressMs) return;
    this.#interruptedMs = now;
    log.info('Caught SIGINT, stopping children');
    shutdown.terminate({ drainDelayMs: 0, timeoutMs: interruptDrainMs, exitCode: 0, exitCodeWhenCut: 0 });
  }

  onHangUp(): void {
    if (isInForeground()) this.onTerminate('SIGHUP');
    else this.readAgain('Caught SIGHUP');
  }

  /** Reads the files again and acts according to `restart_method`. */
  readAgain(cause: string): void {
    const { shutdown, workerConfiguration, loggingControl, groups } = this.#parts;
    if (shutdown.phase !== 'running') return;
    const { restartMethod } = this.#settings;
    log.info(`${cause}, ${restartMethod === 'reload' ? 'exchanging the workers' : 'mutating the configuration'}`);
    if (!workerConfiguration.readAgain(restartMethod)) return;
    loggingControl?.refresh();
    if (restartMethod === 'reload') void this.#reload();
    else groups.tell({ type: 'mutate', configuration: workerConfiguration.state() });
  }

  /** The shutdown plan with the current values of the options. */
  plan(exitCode: number): ShutdownPlan {
    const { drainDelay, gracefulShutdownTimeout } = this.#settings;
    return {
      drainDelayMs: drainDelay * 1000,
      timeoutMs: gracefulShutdownTimeout * 1000,
      exitCode,
      exitCodeWhenCut: 1,
    };
  }

  async #reload(): Promise<void> {
    const { gracefulShutdownTimeout } = this.#settings;
    const { groups, shutdown } = this.#parts;
    for (const group of groups.all) {
      await group.reload(gracefulShutdownTimeout > 0 ? gracefulShutdownTimeout * 1000 : undefined);
    }
    if (shutdown.phase === 'running') log.info('Reloaded all workers');
  }
}
