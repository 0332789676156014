import { Fault } from '../errors/fault.js';

/** What is wrong with a body: the field (or the holder of a missing or unknown one), its value, and why. */
export interface InvalidField {
  readonly field: string;
  readonly value: unknown;
  /** A sentence part in JSON schema's words, as `'name' is a required property`. */
  readonly reason: string;
}

const MAX_VALUE_TEXT = 256;

/** A value as it is repeated to the client: JSON, cut to a bound. */
export function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.length <= MAX_VALUE_TEXT ? text : `${text.slice(0, MAX_VALUE_TEXT)}...`;
}

/** A body that does not fit its declaration: 400. The message is nova's; other APIs have words of their own. */
export class InvalidBody extends Fault {
  readonly invalid: InvalidField;

  constructor(invalid: InvalidField) {
    super(400, novaWords(invalid), { code: 'InvalidInput', facts: { field: invalid.field } });
    this.invalid = invalid;
  }
}

function novaWords({ field, value, reason }: InvalidField): string {
  return field === '' ? reason : `Invalid input for field/attribute ${field}. Value: ${valueText(value)}. ${reason}`;
}
