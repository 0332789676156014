import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError, EXIT } from '../cloud.errors.js';
import { InstanceFolder } from '../instance/instance-record.js';
import type { InstanceRecord } from '../instance/instance-record.js';
import type { Surroundings } from '../surroundings.js';
import { compileCacheVariable } from './compile-cache.js';

const LOOK_MS = 20;
const SHOWN_LINES = 20;

export interface BackgroundCloud {
  readonly record: InstanceRecord;
  readonly process: ChildProcess;
}

/**
 * Starts `albireo start` with these arguments as a separate process and waits until it is ready. Its output is written
 * to the log next to its record. Throws CloudError with the end of that log if it ends before, or is not ready in time.
 */
export async function startInBackground(
  name: string,
  args: readonly string[],
  { timeoutMs, endWithUs }: { readonly timeoutMs: number; readonly endWithUs: boolean },
  surroundings: Surroundings,
): Promise<BackgroundCloud> {
  const folder = new InstanceFolder(surroundings.environment);
  folder.prepare();
  const log = folder.fileOf(name, 'log');
  const descriptor = openSync(log, 'w', 0o600);
  const endFlag = endWithUs ? ['--end-with-input'] : [];
  const child = spawn(process.execPath, [surroundings.script, 'start', '--name', name, ...args, ...endFlag], {
    detached: true,
    env: { ...surroundings.environment, ...compileCacheVariable(surroundings.environment) },
    stdio: [endWithUs ? 'pipe' : 'ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`));
  const until = performance.now() + timeoutMs;
  for (;;) {
    const record = folder.find(name);
    if (record?.pid === child.pid && record !== undefined) return { record, process: child };
    if (ended !== undefined) throw new CloudError(`the cloud ended before it was ready (${ended}):\n${endOf(log)}`);
    if (performance.now() > until) {
      child.kill('SIGTERM');
      throw new CloudError(`the cloud was not ready within ${timeoutMs / 1000} s:\n${endOf(log)}`, EXIT.timeout);
    }
    await sleep(LOOK_MS);
  }
}

/** Waits for a cloud that another process starts. */
export async function untilReady(
  name: string,
  timeoutMs: number,
  { environment }: Surroundings,
): Promise<InstanceRecord> {
  const folder = new InstanceFolder(environment);
  const until = performance.now() + timeoutMs;
  for (;;) {
    const record = folder.find(name);
    if (record !== undefined) return record;
    if (performance.now() > until) {
      throw new CloudError(`no cloud named ${name} was ready within ${timeoutMs / 1000} s`, EXIT.timeout);
    }
    await sleep(LOOK_MS);
  }
}

function endOf(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
}
