import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError, EXIT } from '../cloud.errors.js';
import { InstanceFolder, isRunning } from '../instance/instance-record.js';
import type { Surroundings } from '../surroundings.js';

const LOOK_MS = 20;

/** Stops a cloud as with SIGTERM and waits until it has ended; if it has not ended in time, it is killed. */
export async function stopCloud(name: string, timeoutMs: number, { environment }: Surroundings): Promise<void> {
  const folder = new InstanceFolder(environment);
  const record = folder.require(name);
  process.kill(record.pid, 'SIGTERM');
  if (await untilGone(record, timeoutMs)) {
    folder.remove(name);
    return;
  }
  process.kill(record.pid, 'SIGKILL');
  await untilGone(record, 5_000);
  folder.remove(name);
  throw new CloudError(`the cloud ${name} did not end within ${timeoutMs / 1000} s and was killed`, EXIT.timeout);
}

async function untilGone(record: Parameters<typeof isRunning>[0], timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (isRunning(record)) {
    if (performance.now() > until) return false;
    await sleep(LOOK_MS);
  }
  return true;
}
