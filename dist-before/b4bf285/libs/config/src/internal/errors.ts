import type { ConfigurationFault } from './fault.js';
import { formatFault } from './fault.js';

/** Thrown when the sources cannot be read or hold values that are not allowed. Carries all the faults, not the first. */
export class ConfigurationError extends Error {
  readonly code = 'configuration';

  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(faults.map(formatFault).join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Thrown when the command line cannot be understood; the program tells its own name and ends with exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Thrown for `--help`; `text` goes to standard output and the program ends with 0. */
export class HelpRequested extends Error {
  readonly code = 'help_requested';

  constructor(readonly text: string) {
    super('help was requested');
    this.name = 'HelpRequested';
  }
}

/** Thrown for `--version`; `text` goes to standard output and the program ends with 0. */
export class VersionRequested extends Error {
  readonly code = 'version_requested';

  constructor(readonly text: string) {
    super('the version was requested');
    this.name = 'VersionRequested';
  }
}

/**
 * A mistake of the operator found at start and not in the configuration itself (a port in use, a missing file). `runMain`
 * prints its message without a stack and ends with exit code 1.
 */
export class StartError extends Error {
  readonly code: string = 'start';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}
