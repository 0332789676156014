// The program of every worker process, started by the parent through node:cluster.
import cluster from 'node:cluster';
import { Socket } from 'node:net';
import { getLogger } from '#libs/telemetry';
import { unwrapParentMessage, wrap } from '../messages.js';
import type { WorkerMessage } from '../messages.js';
import { WorkerMain } from './worker-main.js';

const log = getLogger('albireo.launcher');
/** How long a worker whose parent died may finish its requests in flight. */
const orphanDrainMs = 5000;
const exitUnhandled = 2;
const worker = cluster.worker;

function tell(message: WorkerMessage): void {
  if (process.connected) process.send?.(wrap(message), undefined, undefined, () => undefined);
}

/** Exits once the last message is sent: `failed` must reach the parent before the exit does. */
function exit(code: number): void {
  process.exitCode = code;
  if (!process.connected || process.send === undefined) process.exit(code);
  process.send(wrap({ type: 'bye' }), undefined, undefined, () => process.exit(code));
}

const main = new WorkerMain(tell, exit);

// The terminal sends these to the whole process group; only the parent decides what to do.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGUSR2', () => tell({ type: 'report-wanted' }));
process.on('SIGTERM', () => {
  if (process.connected) tell({ type: 'leaving' });
  else void main.stop(orphanDrainMs, 1);
});

process.on('message', (value: unknown, handle: unknown) => {
  const message = unwrapParentMessage(value);
  if (message === undefined) return;
  main.receive(message, handle instanceof Socket ? handle : undefined).catch((error: unknown) => {
    log.exception(error, `The worker could not handle "${message.type}" of its parent`);
    exit(exitUnhandled);
  });
});

tell({ type: 'hello' });

worker?.on('disconnect', () => {
  // Without this mark node:cluster ends the process at once with status 0.
  worker.exitedAfterDisconnect = true;
  log.info('Parent process has died unexpectedly, exiting');
  void main.stop(orphanDrainMs, 1);
});

process.on('uncaughtException', (error) => {
  log.exception(error, 'Unhandled exception');
  exit(exitUnhandled);
});
