import { LOOSE_NAME_RULE, NAME_RULE } from '#libs/contracts';
import { isSecretName } from '#libs/telemetry';
import { Fault } from '../errors/fault.js';
import type { InvalidField } from '../errors/fault.js';

const MAX_VALUE_TEXT = 256;

/** Faults of names: nova tells them without the field and the value. */
const NAME_RULES: ReadonlySet<string> = new Set([NAME_RULE, LOOSE_NAME_RULE]);

/**
 * Names of fields whose values are not repeated, in addition to those that `isSecretName` knows: users put passwords
 * there.
 */
const PRIVATE_NAMES: ReadonlySet<string> = new Set(['user_data', 'contents']);

/** A value as it is shown to the client: JSON, cut to a limit. Possible secrets, at any depth, are `***`. */
export function valueText(value: unknown, field = ''): string {
  const text = JSON.stringify(masked(field, value), masked) ?? 'null';
  return text.length <= MAX_VALUE_TEXT ? text : `${text.slice(0, MAX_VALUE_TEXT)}...`;
}

function masked(name: string, value: unknown): unknown {
  return isSecretName(name) || PRIVATE_NAMES.has(name) ? '***' : value;
}

/** A body that does not match its declaration: 400. The message is nova's; other APIs have their own. */
export class InvalidBody extends Fault {
  readonly invalid: InvalidField;

  constructor(invalid: InvalidField) {
    super(400, novaWords(invalid), { code: 'InvalidInput', facts: { field: invalid.field } });
    this.invalid = invalid;
  }
}

function novaWords({ field, value, reason }: InvalidField): string {
  return field === '' || NAME_RULES.has(reason)
    ? reason
    : `Invalid input for field/attribute ${field}. Value: ${valueText(value, field)}. ${reason}`;
}
