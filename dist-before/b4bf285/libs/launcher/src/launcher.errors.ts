import { StartError } from '#libs/config';

export type LauncherErrorCode =
  | 'PORT_IN_USE'
  | 'CANNOT_LISTEN'
  | 'NOT_A_SERVICE'
  | 'BAD_WORKER_COUNT'
  | 'NOTHING_STARTED'
  | 'NOT_LOADABLE';

/** What is wrong with how the launcher is used or with what the machine allows; found before anything is forked. */
export class LauncherError extends StartError {
  override readonly code: LauncherErrorCode;

  constructor(code: LauncherErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LauncherError';
    this.code = code;
  }
}

/**
 * Thrown by `createService` when this one service cannot be offered and the others can (as an API whose section is missing
 * in the paste file): it is left out with a warning. The program ends, exit code 1, when none is left.
 */
export class ServiceNotLoadable extends LauncherError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_LOADABLE', message, options);
    this.name = 'ServiceNotLoadable';
  }
}
