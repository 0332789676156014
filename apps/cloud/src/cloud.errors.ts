/** Exit codes of `albireo`, in addition to those of the command that `albireo run` runs. */
export const EXIT = {
  failed: 1,
  usage: 2,
  /** No cloud of that name is running. */
  notRunning: 3,
  /** It was not ready in time. */
  timeout: 4,
} as const;

/** The failure of a command: one or several lines, and an exit code. */
export class CloudError extends Error {
  override readonly name = 'CloudError';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}
