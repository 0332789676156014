/** nova's exceptions that a guest's owner is told by name, with the code that nova's fault has. */
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

/** What went wrong with a guest, in words that its owner may read: no paths of the host. `status` is the fault's code. */
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

/** The error of a full disk in words of its own; any other as it is. */
export function diskError(error: unknown): unknown {
  const text = error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}` : '';
  if (!/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(text)) return error;
  return new GuestError('DiskFull', 'There is no space left on the disk of the host.', error);
}
