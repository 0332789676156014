import type { OptionDeclaration } from './declaration.js';
import type { OptionValue } from './option-value.js';
import { valueLines } from './types/multi-type.js';

/** Four stars whatever the length, as oslo.config prints secrets. */
export const mask = '****';

// The password may hold anything but "/" and space up to the last "@" of the authority (several hosts: up to each).
const credentials = /([a-z][a-z0-9+.-]*:\/\/|,)([^\s/:@,]*):([^\s/@]*)@/gi;

/** Hides the passwords of all URLs in a text. */
export function maskUrls(text: string): string {
  return text.includes('@') ? text.replace(credentials, `$1$2:${mask}@`) : text;
}

/** A text of the option for logs and faults. */
export function maskText(option: Pick<OptionDeclaration, 'secret'>, text: string): string {
  return option.secret === true ? mask : maskUrls(text);
}

/** A value of the option for logs and listings; `<unset>` when there is none. */
export function displayValue(option: Pick<OptionDeclaration, 'secret' | 'type'>, value: OptionValue): string {
  if (value === undefined) return '<unset>';
  return maskText(option, valueLines(option.type, value).join(' | '));
}
