import type { OptionValue } from '../option-value.js';

/** JSON Schema of one option, draft 2020-12. */
export type JsonSchema = { readonly [key: string]: unknown };

/**
 * How the text of an option becomes a value. The texts accepted are those of oslo.config's type of the same name
 * (`oslo_config.types`).
 */
export interface OptionType {
  /** Name shown in the sample file and the reference page, for example `integer`. */
  readonly name: string;
  /** The permitted values, to follow "expected", for example `an integer of at least 1`. */
  readonly allowed: string;
  /** A repeated key adds a value instead of replacing the previous one. */
  readonly multi?: boolean;
  /** Throws `OptionTextError` when the text is not permitted; undefined when the text means "not set". */
  parse(text: string): OptionValue;
  /** The text that parses back to the value. */
  format(value: OptionValue): string;
  /** JSON Schema of the parsed value. */
  schema(): JsonSchema;
}

/** Thrown by `OptionType.parse`; `detail` adds information to the type's `allowed`, if there is any. */
export class OptionTextError extends Error {
  readonly code = 'option_text';

  constructor(readonly detail?: string) {
    super(detail ?? 'not allowed');
    this.name = 'OptionTextError';
  }
}
