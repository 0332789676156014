export type SnapshotErrorCode =
  | 'SnapshotExists'
  | 'SnapshotNotFound'
  | 'SnapshotNameInvalid'
  /** Of another version of the program, or with a driver whose machines are real. */
  | 'SnapshotRefused';

/** A snapshot that cannot be made, restored or removed. Nothing was changed. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';

  constructor(
    readonly code: SnapshotErrorCode,
    message: string,
  ) {
    super(message);
  }
}
