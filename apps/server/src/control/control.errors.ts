import type { DocumentFault } from '#libs/simulation';

/** An error that the control port answers with a status of its own; `faults` are all that were found. */
export class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    readonly status: 400 | 401 | 404 | 405 | 409 | 413 | 503,
    message: string,
    readonly faults: readonly DocumentFault[] = [],
  ) {
    super(message);
  }
}
