/** Exit codes of `albireo`, beside those of the command that `albireo run` runs. */
export const EXIT = {
  failed: 1,
  usage: 2,
  /** No cloud of that name runs. */
  notRunning: 3,
  /** It was not ready in time. */
  timeout: 4,
} as const;

/** What a command ends with: one line, or several, and an exit code. */
export class CloudError extends Error {
  override readonly name = 'CloudError';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}
