/** nova's exceptions whose names a guest's owner sees, with the code of nova's fault. */
const CODES = {
  ImageUnacceptable: 400,
  ImageNotActive: 500,
  FlavorDiskSmallerThanImage: 400,
  UnsupportedHardware: 400,
  InstancePowerOnFailure: 400,
  InstanceSuspendFailure: 400,
  InstanceNotRescuable: 400,
  InstanceNotFound: 404,
  MigrationError: 500,
  QemuGuestAgentNotEnabled: 400,
  InsufficientFreeMemory: 400,
  DiskFull: 500,
  HypervisorUnavailable: 500,
} as const;

/** An error of a guest, with text that its owner may read: no paths of the host. `status` is the fault's code. */
export class GuestError extends Error {
  readonly status: number;

  constructor(name: keyof typeof CODES, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
    this.status = CODES[name];
  }
}

/** nova.exception.ImageUnacceptable. */
export function unacceptable(imageId: string, reason: string, cause?: unknown): GuestError {
  return new GuestError('ImageUnacceptable', `Image ${imageId} is unacceptable: ${reason}`, cause);
}

/** Converts the error of a full disk; any other error is returned unchanged. */
export function diskError(error: unknown): unknown {
  const text = error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}` : '';
  if (!/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(text)) return error;
  return new GuestError('DiskFull', 'There is no space left on the disk of the host.', error);
}
