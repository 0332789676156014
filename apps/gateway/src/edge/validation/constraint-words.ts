import type { ValidationError } from 'class-validator';
import { valueText } from './invalid-body.js';
import type { InvalidField } from '../errors/fault.js';

const TYPES: Readonly<Record<string, string>> = {
  isString: 'string',
  isInt: 'integer',
  isNumber: 'number',
  isBoolean: 'boolean',
  isArray: 'array',
  isObject: 'object',
  nestedValidation: 'object',
};

/** The number at the end of class-validator's own message about a bound. */
function boundIn(message: string): string {
  return /-?\d+(\.\d+)?/.exec(message.slice(message.indexOf(' must ')))?.[0] ?? '';
}

/** One failed constraint in JSON schema's words; a message that was set in the decorator stays unchanged. */
function reasonOf(field: string, constraint: string, message: string, value: unknown): string {
  const text = valueText(value, field);
  const type = TYPES[constraint];
  if (type !== undefined) return `${text} is not of type '${type}'`;
  switch (constraint) {
    case 'minLength':
    case 'arrayMinSize':
      return `${text} is too short`;
    case 'maxLength':
    case 'arrayMaxSize':
      return `${text} is too long`;
    case 'min':
      return `${text} is less than the minimum of ${boundIn(message)}`;
    case 'max':
      return `${text} is greater than the maximum of ${boundIn(message)}`;
    case 'isIn': {
      const values = message
        .slice(message.indexOf(':') + 1)
        .trim()
        .split(', ');
      return `${text} is not one of [${values.map((one) => `'${one}'`).join(', ')}]`;
    }
    default:
      return message;
  }
}

/** The first error, found depth first; `holder` is the name of the object that contains the errors. */
export function firstInvalid(errors: readonly ValidationError[], holder = '', holderValue?: unknown): InvalidField {
  for (const error of errors) {
    const { property, value, children = [] } = error;
    const [constraint, message] = Object.entries(error.constraints ?? {})[0] ?? [];
    if (constraint === 'whitelistValidation') {
      return unknownField(holder, holderValue, property);
    }
    if (constraint !== undefined && message !== undefined) {
      if (value === undefined) {
        return missingField(holder, holderValue, property);
      }
      return { field: property, value, reason: reasonOf(property, constraint, message, value) };
    }
    if (children.length > 0) return firstInvalid(children, property, value);
  }
  return { field: holder, value: holderValue, reason: 'the value is not valid' };
}

export function missingField(holder: string, holderValue: unknown, name: string): InvalidField {
  return { field: holder, value: holderValue, reason: `'${name}' is a required property` };
}

export function unknownField(holder: string, holderValue: unknown, name: string): InvalidField {
  const shown = name.length <= 255 ? name : `${name.slice(0, 255)}...`;
  return {
    field: holder,
    value: holderValue,
    reason: `Additional properties are not allowed ('${shown}' was unexpected)`,
  };
}
