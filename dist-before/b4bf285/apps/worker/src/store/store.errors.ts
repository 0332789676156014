export type StoreErrorCode = 'DirectoryLocked' | 'DirectoryUnusable' | 'StaleClaim' | 'StoreClosed' | 'SchemaMissing';

/** What the store says on its own; errors of PostgreSQL keep pg's class and SQLSTATE. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** SQLSTATE of an error of PostgreSQL or PGlite, or null for any other error. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** The name of the unique constraint that an insert or update broke, or null for any other error. */
export function violatedUnique(error: unknown): string | null {
  if (sqlState(error) !== '23505' || !(error instanceof Error) || !('constraint' in error)) return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}
