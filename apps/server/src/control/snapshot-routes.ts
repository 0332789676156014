import type { JsonValue } from '#libs/launcher';
import { SnapshotError } from '../../../worker/src/snapshots/snapshot.errors.js';
import type { SnapshotErrorCode } from '../../../worker/src/snapshots/snapshot.errors.js';
import type { Snapshots } from '../../../worker/src/snapshots/snapshots.js';
import { textOf } from './control-server.js';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';

/** The snapshot that `reset` restores: the initial state of the cloud. */
export const SEED_SNAPSHOT = 'seed';

const STATUS: Readonly<Record<SnapshotErrorCode, 400 | 404 | 409>> = {
  SnapshotExists: 409,
  SnapshotNotFound: 404,
  SnapshotNameInvalid: 400,
  SnapshotRefused: 409,
};

export function snapshotRoutes(snapshots: Snapshots): ControlRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/snapshots',
      run: async () => ({ snapshots: await snapshots.list() }),
    },
    {
      method: 'POST',
      pattern: '/snapshots',
      run: ({ body }) => told(() => snapshots.create(nameIn(body))),
    },
    {
      method: 'POST',
      pattern: '/snapshots/:name/restore',
      run: ({ parameters: { name = '' } }) => told(() => snapshots.restore(name)),
    },
    {
      method: 'DELETE',
      pattern: '/snapshots/:name',
      run: ({ parameters: { name = '' } }) => told(() => snapshots.remove(name).then(() => undefined)),
    },
    { method: 'POST', pattern: '/reset', run: () => told(() => reset(snapshots)) },
  ];
}

async function reset(snapshots: Snapshots): Promise<object> {
  if (await snapshots.has(SEED_SNAPSHOT)) return snapshots.restore(SEED_SNAPSHOT);
  const text = `the snapshot "${SEED_SNAPSHOT}" of the start was deleted: create another one of that name, or start the cloud anew`;
  throw new ControlError(409, text);
}

function nameIn(body: JsonValue): string {
  const name = textOf(body, 'name');
  if (name === undefined) throw new ControlError(400, 'expected {"name": "<name of the snapshot>"}');
  return name;
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SnapshotError) throw new ControlError(STATUS[error.code], error.message);
    throw error;
  }
}
