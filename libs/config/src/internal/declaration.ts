import type { OptionValue } from './option-value.js';
import type { OptionType } from './types/option-type.js';

/** The two parts of the product, as the launcher names them: HTTP APIs (`api`), RPC topics (`rpc`). */
export type Half = 'api' | 'rpc';

/** The information that a computed default may use. */
export interface DefaultContext {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An older or other name under which an option is also found. */
export interface OptionAlias {
  /** The option's own group, unless set. */
  readonly group?: string;
  /** The option's own name, unless set. */
  readonly name?: string;
  /** True for a permanent second name: no warning when it is used. */
  readonly silent?: boolean;
}

/** The attributes of an option's declaration in addition to its type; the same as those of oslo.config's `Opt`. */
export interface OptionAttributes<T> {
  /** One or more sentences for the operator. */
  readonly help: string;
  /**
   * Text may contain `$name`. A function is called once per load (host name, data directory); `sampleDefault` documents
   * it.
   */
  readonly default?: T | ((context: DefaultContext) => T);
  /** Shown in the sample file and the reference instead of the default. */
  readonly sampleDefault?: string;
  /** Name in the sources; snake_case of the property, unless set. */
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
  /** The flag's own name, if it differs from the option's. Only with `cli`. */
  readonly flag?: string;
  /** One letter, for `-d`. Only with `cli`. */
  readonly short?: string;
  /** The half that uses it: programs of the other half do not check its value. That of its group, unless set. */
  readonly half?: Half | 'both';
  /** A rule that the type cannot express: returns the fault of the value, or undefined. */
  readonly check?: (value: OptionValue) => string | undefined;
}

/** A declared option. */
export interface OptionDeclaration extends OptionAttributes<OptionValue> {
  readonly group: string;
  readonly property: string;
  readonly name: string;
  readonly type: OptionType;
}

/** A class whose decorated properties are options. It is never constructed to read options. */
export type OptionGroupClass<T extends object = object> = new () => T;

/** A declared class of options. Several classes may share one group. */
export interface GroupDeclaration {
  readonly group: string;
  readonly help: string;
  readonly className: string;
  readonly options: readonly OptionDeclaration[];
}
