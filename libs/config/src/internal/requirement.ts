import type { OptionGroupClass } from './declaration.js';

/** Reads the values of a group of options, as `Configuration.get`. */
export type OptionReader = <T extends object>(groupClass: OptionGroupClass<T>) => T;

/** An option that the values of others make necessary, as a secret of what is switched on. */
export interface ConditionalRequirement {
  /** `group.name`. */
  readonly option: string;
  /** What makes it necessary, as `[neutron] service_metadata_proxy is true`; undefined: nothing does. */
  readonly since: (get: OptionReader) => string | undefined;
}

/** An option without which a program does not start: `group.name`, or one with its condition. */
export type Requirement = string | ConditionalRequirement;
