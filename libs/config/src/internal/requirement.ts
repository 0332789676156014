import type { OptionGroupClass } from './declaration.js';

/** Reads the values of a group of options, as `Configuration.get`. */
export type OptionReader = <T extends object>(groupClass: OptionGroupClass<T>) => T;

/** An option that is required because of the values of others, such as a secret of a feature that is switched on. */
export interface ConditionalRequirement {
  /** `group.name`. */
  readonly option: string;
  /** The reason why it is required, as `[neutron] service_metadata_proxy is true`; undefined: it is not. */
  readonly since: (get: OptionReader) => string | undefined;
}

/** An option without which a program does not start: `group.name`, or one with its condition. */
export type Requirement = string | ConditionalRequirement;
