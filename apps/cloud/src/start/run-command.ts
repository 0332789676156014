import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { CloudError } from '../cloud.errors.js';
import { environmentFor, variablesOf } from '../instance/client-environment.js';
import { InstanceFolder } from '../instance/instance-record.js';
import type { Surroundings } from '../surroundings.js';
import { startInBackground } from './background-cloud.js';
import { stopCloud } from './stop-cloud.js';

const STOP_MS = 30_000;
/** As in shells: not found, and ended by a signal. */
const NOT_FOUND = 127;
const SIGNALLED = 128;

/** Runs a command with a new cloud, which is stopped at its end, and returns the command's exit code. */
export async function runWithCloud(
  command: readonly string[],
  args: readonly string[],
  timeoutMs: number,
  surroundings: Surroundings,
): Promise<number> {
  const name = `run-${process.pid}-${randomBytes(3).toString('hex')}`;
  const flags = ['--ephemeral', '--port-base', '0', ...args];
  const { record } = await startInBackground(name, flags, { timeoutMs, endWithUs: true }, surroundings);
  try {
    return await run(command, environmentFor(surroundings.environment, variablesOf(record)));
  } finally {
    await stopCloud(name, STOP_MS, surroundings);
    rmSync(new InstanceFolder(surroundings.environment).fileOf(name, 'log'), { force: true });
  }
}

function run([file = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(file, args, { env, stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): boolean => child.kill(signal);
  // At a terminal both processes get the signal; the command handles it, and the cloud ends after it.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore).on('SIGTERM', pass).on('SIGHUP', pass);
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(
        new CloudError(`${file}: ${isMissing ? 'command not found' : error.message}`, isMissing ? NOT_FOUND : 126),
      );
    });
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore).off('SIGTERM', pass).off('SIGHUP', pass);
      resolve(signal === null ? (code ?? 0) : SIGNALLED + constants.signals[signal]);
    });
  });
}
