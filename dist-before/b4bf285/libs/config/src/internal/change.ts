import type { OptionDeclaration } from './declaration.js';
import { displayValue } from './masking.js';
import type { OptionValue } from './option-value.js';

/** An option whose value differs after a reload. */
export interface OptionChange {
  readonly option: OptionDeclaration;
  readonly oldValue: OptionValue;
  readonly newValue: OptionValue;
}

/** `group.name: old -> new`, secrets masked. */
export function formatChange({ option, oldValue, newValue }: OptionChange): string {
  return `${option.group}.${option.name}: ${displayValue(option, oldValue)} -> ${displayValue(option, newValue)}`;
}
