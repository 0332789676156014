import type { OptionValue } from './internal/option-value.js';

/**
 * All values of a configuration as JSON, for a child process. It holds the secrets: it must travel over nothing but
 * the channel between parent and child.
 */
export interface ConfigurationState {
  readonly program: string;
  readonly version: string;
  readonly argv: readonly string[];
  readonly configFiles: readonly string[];
  /** Group, then name. An unset option is left out. */
  readonly values: Readonly<Record<string, Readonly<Record<string, OptionValue>>>>;
}
