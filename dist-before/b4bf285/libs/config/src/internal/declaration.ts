import type { OptionValue } from './option-value.js';
import type { OptionType } from './types/option-type.js';

/** What a computed default may look at. */
export interface DefaultContext {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An older or other name under which an option is also found. */
export interface OptionAlias {
  /** The option's own group, unless set. */
  readonly group?: string;
  /** The option's own name, unless set. */
  readonly name?: string;
  /** True for a second name that stays: no warning when it is used. */
  readonly silent?: boolean;
}

/** What an option's declaration says beside its type; the same attributes as oslo.config's `Opt`. */
export interface OptionAttributes<T> {
  /** One or more sentences for the operator. */
  readonly help: string;
  /** Text may hold `$name`. A function is asked once a load (host name, data directory); `sampleDefault` documents it. */
  readonly default?: T | ((context: DefaultContext) => T);
  /** What the sample file and the reference show in place of the default. */
  readonly sampleDefault?: string;
  /** Name on the wire; snake_case of the property, unless set. */
  readonly name?: string;
  /** May change while the program runs. */
  readonly mutable?: boolean;
  /** The value is shown as `****` everywhere. */
  readonly secret?: boolean;
  /** The program does not start without it. */
  readonly required?: boolean;
  readonly deprecatedOpts?: readonly OptionAlias[];
  readonly deprecatedForRemoval?: { readonly reason: string; readonly since: string };
  /** Also a flag of the command line: `--name`, or `--group-name` outside of DEFAULT. */
  readonly cli?: boolean;
  /** One letter, for `-d`. Only with `cli`. */
  readonly short?: string;
  /** A rule that the type cannot say: what is wrong with the value, or undefined. */
  readonly check?: (value: OptionValue) => string | undefined;
}

/** A declared option. */
export interface OptionDeclaration extends OptionAttributes<OptionValue> {
  readonly group: string;
  readonly property: string;
  readonly name: string;
  readonly type: OptionType;
}

/** A class whose decorated properties are options. It is never constructed by the reader of options. */
export type OptionGroupClass<T extends object = object> = new () => T;

/** A declared class of options. Several classes may share one group. */
export interface GroupDeclaration {
  readonly group: string;
  readonly help: string;
  readonly className: string;
  readonly options: readonly OptionDeclaration[];
}
