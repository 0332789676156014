import { StartError } from '#libs/config';

export type LauncherErrorCode =
  | 'PORT_IN_USE'
  | 'CANNOT_LISTEN'
  | 'NOT_A_SERVICE'
  | 'BAD_WORKER_COUNT'
  | 'NOTHING_STARTED';

/** What is wrong with how the launcher is used or with what the machine allows; found before anything is forked. */
export class LauncherError extends StartError {
  override readonly code: LauncherErrorCode;

  constructor(code: LauncherErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LauncherError';
    this.code = code;
  }
}
