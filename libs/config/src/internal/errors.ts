/** A fault of a configuration; one fault is one line for the operator. */
export interface ConfigurationFault {
  readonly code:
    | 'file_not_found'
    | 'file_unreadable'
    | 'syntax'
    | 'unknown_option'
    | 'unknown_group'
    | 'bad_value'
    | 'interpolation'
    | 'required';
  readonly group?: string;
  readonly option?: string;
  /** `albireo.conf:12`, a variable, a flag or a path. */
  readonly where?: string;
  /** Whole sentence part without the place, secrets masked. */
  readonly message: string;
}

/** `place: [group] option: message`, as far as they are known. */
export function formatFault({ where, group, option, message }: ConfigurationFault): string {
  const name = group === undefined ? undefined : `[${group}]${option === undefined ? '' : ` ${option}`}`;
  return [where, name, message].filter((part) => part !== undefined).join(': ');
}

/**
 * Thrown when the sources cannot be read or contain values that are not permitted. Carries all the faults, not only the
 * first.
 */
export class ConfigurationError extends Error {
  readonly code = 'configuration';

  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(faults.map(formatFault).join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Thrown when the command line is not valid; the program prints its own name and ends with exit code 2. */
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
 * An operator's mistake found at start that is not in the configuration itself (a port in use, a missing file).
 * `runMain` prints its message without a stack and ends with exit code 1.
 */
export class StartError extends Error {
  readonly code: string = 'start';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}
