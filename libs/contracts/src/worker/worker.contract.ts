import { IsInt, IsString, MaxLength, Min } from 'class-validator';
import { call, cast, defineContract, type } from '#libs/messaging';
import { objectType } from '../objects/versioned-object.js';
import type { VersionedObject } from '../objects/versioned-object.js';

/** A saved state of the whole cloud. */
export interface SnapshotData {
  readonly name: string;
  readonly created_at: string;
  /** The last database migration of the program that made it. */
  readonly version: string;
  readonly rows: number;
}

export const Snapshot = objectType<SnapshotData>('Snapshot', '1.0');

export class SnapshotArgs {
  @IsString()
  @MaxLength(255)
  readonly name!: string;
}

/** The state was replaced: how often that has happened. */
export class StateRestoredArgs {
  @IsInt()
  @Min(1)
  readonly epoch!: number;
}

/**
 * Requests to the workers of a test cloud whose APIs and workers are separate processes, whatever topics they serve;
 * only with `[control] snapshots`. Errors: InvalidInput, Conflict; nothing was changed then.
 */
export const workerContract = defineContract({
  topic: 'worker',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    snapshot_list: call({
      access: 'users',
      args: null,
      result: type<VersionedObject<SnapshotData>[]>(),
      idempotent: true,
    }),
    snapshot_create: call({ access: 'users', args: SnapshotArgs, result: type<VersionedObject<SnapshotData>>() }),
    snapshot_restore: call({ access: 'users', args: SnapshotArgs, result: type<VersionedObject<SnapshotData>>() }),
    snapshot_delete: call({ access: 'users', args: SnapshotArgs, result: type<null>() }),
    /** By fanout: cached data of the previous state is invalid. */
    state_restored: cast({ access: 'anyone', args: StateRestoredArgs }),
  },
});
export type WorkerContract = typeof workerContract;
