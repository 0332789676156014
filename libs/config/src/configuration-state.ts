import type { OptionValue } from './internal/option-value.js';

/** Files and directories that were named or found, whether they could be read or not. */
export interface SourcePaths {
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** Where default files are looked for, as `/etc/<project>`. */
  readonly searched: readonly string[];
}

/**
 * All values of a configuration as JSON, for a child process. It contains secrets: it must only be sent over the
 * channel between parent and child.
 */
export interface ConfigurationState {
  readonly program: string;
  readonly version: string;
  readonly argv: readonly string[];
  readonly configFiles: readonly string[];
  readonly sourcePaths: SourcePaths;
  /** Names of the classes of all options. */
  readonly groups: readonly string[];
  /** Group, then name. An unset option is left out. */
  readonly values: Readonly<Record<string, Readonly<Record<string, OptionValue>>>>;
}
