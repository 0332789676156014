import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

export interface NumberConstraints {
  /** Inclusive. */
  readonly min?: number;
  /** Inclusive. */
  readonly max?: number;
  readonly choices?: readonly number[];
}

function describe(noun: string, { min, max, choices }: NumberConstraints): string {
  if (choices !== undefined) return `one of ${choices.join(', ')}`;
  if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
  if (min !== undefined) return `${noun} of at least ${min}`;
  if (max !== undefined) return `${noun} of at most ${max}`;
  return noun;
}

function numberType(
  name: string,
  noun: string,
  pattern: RegExp,
  constraints: NumberConstraints,
  schemaType: 'integer' | 'number',
): OptionType {
  const { min, max, choices } = constraints;
  return {
    name,
    allowed: describe(noun, constraints),
    parse(text) {
      const trimmed = text.trim();
      // oslo.config reads an empty number as "not set".
      if (trimmed === '') return undefined;
      if (!pattern.test(trimmed)) throw new OptionTextError();
      const value = Number(trimmed.replaceAll('_', ''));
      if (!Number.isFinite(value) || (schemaType === 'integer' && !Number.isSafeInteger(value))) {
        throw new OptionTextError('it is too large');
      }
      const inChoices = choices === undefined || choices.includes(value);
      if (!inChoices || (min !== undefined && value < min) || (max !== undefined && value > max)) {
        throw new OptionTextError();
      }
      return Object.is(value, -0) ? 0 : value;
    },
    format: String,
    schema: () => ({
      type: schemaType,
      ...(min !== undefined && { minimum: min }),
      ...(max !== undefined && { maximum: max }),
      ...(choices && { enum: [...choices] }),
    }),
  };
}

const integerText = /^[+-]?\d+(_\d+)*$/;
const floatText = /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+)?$/;

export const integerType = (constraints: NumberConstraints = {}): OptionType =>
  numberType('integer', 'an integer', integerText, constraints, 'integer');

/** Unlike oslo.config's, refuses `inf` and `nan`: no option of this product has a use for them. */
export const floatType = (constraints: NumberConstraints = {}): OptionType =>
  numberType('float', 'a number', floatText, constraints, 'number');

export const portType = (constraints: NumberConstraints = {}): OptionType =>
  numberType('port', 'a port', integerText, { min: 0, max: 65535, ...constraints }, 'integer');

/** Seconds, fractions allowed. */
export const durationType = (constraints: NumberConstraints = {}): OptionType =>
  numberType('duration', 'a number of seconds', floatText, { min: 0, ...constraints }, 'number');
