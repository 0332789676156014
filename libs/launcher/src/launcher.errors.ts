import { StartError } from '#libs/config';

export type LauncherErrorCode =
  | 'PORT_IN_USE'
  | 'CANNOT_LISTEN'
  | 'NOT_A_SERVICE'
  | 'BAD_WORKER_COUNT'
  | 'NOTHING_STARTED'
  | 'NOT_LOADABLE';

/** A fault in the use of the launcher or a limit of the machine, found before any process is forked. */
export class LauncherError extends StartError {
  override readonly code: LauncherErrorCode;

  constructor(code: LauncherErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LauncherError';
    this.code = code;
  }
}

/**
 * Thrown by `createService` when this one service cannot be offered but the others can (such as an API whose section is
 * missing in the paste file): it is left out with a warning. The program ends with exit code 1 when no service is left.
 */
export class ServiceNotLoadable extends LauncherError {
  constructor(message: string, options?: ErrorOptions) {
    super('NOT_LOADABLE', message, options);
    this.name = 'ServiceNotLoadable';
  }
}
