import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { randomBytes, randomUUID } from 'node:crypto';
import type { GuestSnapshot } from '../drivers/virt-driver.js';
import { diskNode } from './command-line.js';
import type { GuestDisk, GuestFolder, GuestRecord } from './guest-folder.js';
import type { ImageTool } from './image-tool.js';
import { SUSPENDED_STATE } from './guest-power.js';
import { QmpError, recordsOf, withQmp } from './qmp-client.js';
import type { QmpClient } from './qmp-client.js';

/** Jobs are also polled at this interval, in case an event is lost. */
const LOOK_MS = 1_000;
const READ_BYTES = 1024 * 1024;

/** The root disk of a guest as one flat qcow2 file, copied while it runs. The file exists until `dispose`. */
export async function copyRunningDisk(
  folder: GuestFolder,
  record: GuestRecord,
  tool: ImageTool,
): Promise<GuestSnapshot> {
  const root = rootOf(record);
  const { virtualSize } = await tool.info(root.path, root.format);
  const target = snapshotFile(folder);
  // A node's name has at most 31 characters.
  const job = `copy-${randomBytes(8).toString('hex')}`;
  try {
    await tool.create(target, virtualSize);
    await withQmp(folder.qmp, async (qmp) => {
      const file = { driver: 'file', filename: target };
      await qmp.execute('blockdev-add', { driver: 'qcow2', 'node-name': job, file });
      try {
        await runJob(qmp, 'blockdev-backup', job, {
          device: diskNode(root.role),
          target: job,
          sync: 'full',
          'auto-dismiss': false,
        });
      } finally {
        await qmp.execute('blockdev-del', { 'node-name': job }).catch(() => undefined);
      }
    });
    return snapshotOf(target, virtualSize);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

/** As `copyRunningDisk`, for a guest that is off. */
export async function copyDisk(folder: GuestFolder, record: GuestRecord, tool: ImageTool): Promise<GuestSnapshot> {
  const root = rootOf(record);
  const target = snapshotFile(folder);
  try {
    await tool.convert(root.path, root.format, target, 'qcow2');
    return snapshotOf(target, (await tool.info(root.path, root.format)).virtualSize);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

/** Stops a running guest and saves its state in its root disk; the process still has to be ended. */
export async function saveState(folder: GuestFolder, record: GuestRecord): Promise<void> {
  const disks = writable(record).map(({ role }) => diskNode(role));
  await withQmp(folder.qmp, async (qmp) => {
    await qmp.execute('stop');
    const vmstate = diskNode('root');
    await deleteState(qmp, disks);
    await runJob(qmp, 'snapshot-save', `suspend-${randomUUID()}`, { tag: SUSPENDED_STATE, vmstate, devices: disks });
  });
}

/** Deletes the state from which a guest resumed. */
export async function forgetState(folder: GuestFolder, record: GuestRecord): Promise<void> {
  const disks = writable(record).map(({ role }) => diskNode(role));
  await withQmp(folder.qmp, (qmp) => deleteState(qmp, disks));
}

async function deleteState(qmp: QmpClient, devices: readonly string[]): Promise<void> {
  await runJob(qmp, 'snapshot-delete', `forget-${randomUUID()}`, { tag: SUSPENDED_STATE, devices });
}

function writable({ disks }: GuestRecord): readonly GuestDisk[] {
  return disks.filter(({ readOnly }) => !readOnly);
}

/** Starts a job, waits for its end and dismisses it. Throws the job's error. */
async function runJob(
  qmp: QmpClient,
  command: string,
  id: string,
  args: Readonly<Record<string, unknown>>,
): Promise<void> {
  let wake: () => void = () => undefined;
  const end = qmp.onEvent(({ event, data }) => {
    if (event === 'JOB_STATUS_CHANGE' && data['id'] === id) wake();
  });
  try {
    await qmp.execute(command, {
      'job-id': id,
      ...(command === 'blockdev-backup' ? { 'auto-finalize': true } : {}),
      ...args,
    });
    for (;;) {
      const job = recordsOf(await qmp.execute('query-jobs')).find((each) => each['id'] === id);
      if (job === undefined || job['status'] === 'concluded') {
        const fault = job?.['error'];
        if (job !== undefined) await qmp.execute('job-dismiss', { id });
        if (typeof fault === 'string') throw new QmpError(command, 'JobFailed', fault);
        return;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    end();
  }
}

/** The disk from which an image of the server is made. */
function rootOf(record: GuestRecord): GuestDisk {
  const root = record.disks.find(({ role }) => role === 'root');
  if (root === undefined) throw new Error(`${record.id} has no root disk`);
  return root;
}

function snapshotFile(folder: GuestFolder): string {
  return folder.file(`snapshot.${randomUUID()}.part`);
}

function snapshotOf(path: string, virtualSize: number): GuestSnapshot {
  return {
    diskFormat: 'qcow2',
    virtualSize,
    read: () => createReadStream(path, { highWaterMark: READ_BYTES }),
    dispose: () => rm(path, { force: true }),
  };
}
