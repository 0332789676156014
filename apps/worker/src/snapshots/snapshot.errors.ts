export type SnapshotErrorCode =
  | 'SnapshotExists'
  | 'SnapshotNotFound'
  | 'SnapshotNameInvalid'
  /** The snapshot is of another version of the program, or the driver has real machines. */
  | 'SnapshotRefused';

/** A snapshot that cannot be created, restored or deleted. Nothing was changed. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';

  constructor(
    readonly code: SnapshotErrorCode,
    message: string,
  ) {
    super(message);
  }
}
