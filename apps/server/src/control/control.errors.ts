/** One thing that is wrong in a document, with where it is. */
export interface DocumentFault {
  /** As given by the caller; `<request>` for a body. */
  readonly file: string;
  /** From 1; undefined where there is none. */
  readonly line?: number | undefined;
  readonly message: string;
}

/** What the control port answers with a status of its own; `faults` are all that were found. */
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
