export type StoreErrorCode =
  | 'ConnectionInvalid'
  | 'DirectoryLocked'
  | 'DirectoryUnusable'
  | 'StaleClaim'
  | 'StoreClosed'
  | 'SchemaMissing';

/** Errors of the store itself; errors of PostgreSQL keep pg's class and SQLSTATE. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** An error about the URL of [database] connection; it never contains the password. */
export function invalidConnection(what: string): StoreError {
  return new StoreError('ConnectionInvalid', `[database] connection: ${what}`);
}

/** The SQLSTATE of an error of PostgreSQL or PGlite, or null for any other error; codes such as EPIPE are Node's. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^(?!E)[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** The name of the unique constraint that an insert or update broke, or null for any other error. */
export function violatedUnique(error: unknown): string | null {
  if (sqlState(error) !== '23505' || !(error instanceof Error) || !('constraint' in error)) return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}
