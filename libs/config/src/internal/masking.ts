import type { OptionDeclaration } from './declaration.js';
import type { OptionValue } from './option-value.js';
import { valueLines } from './types/list-type.js';

interface LoggedConfiguration {
  readonly argv: readonly string[];
  readonly configFiles: readonly string[];
  readonly entries: readonly { readonly option: OptionDeclaration; readonly value: OptionValue }[];
}

const list = (items: readonly string[]): string => `[${items.map((item) => `'${item}'`).join(', ')}]`;

/** Writes the block of oslo.config's `log_opt_values`, line by line. */
export function logOptionValues(configuration: LoggedConfiguration, write: (line: string) => void): void {
  const named = configuration.entries.map(({ option, value }) => ({
    isDefault: option.group === 'DEFAULT',
    label: option.group === 'DEFAULT' ? option.name : `${option.group}.${option.name}`,
    // Python's word for an unset value, as in the logs that operators compare with.
    text: value === undefined ? 'None' : displayValue(option, value),
  }));
  const sorted = named.toSorted((left, right) => {
    if (left.isDefault !== right.isDefault) return left.isDefault ? -1 : 1;
    return left.label < right.label ? -1 : 1;
  });
  write('*'.repeat(80));
  write('Configuration options gathered from:');
  write(`command line args: ${maskUrls(list(configuration.argv))}`);
  write(`config files: ${list(configuration.configFiles)}`);
  write('='.repeat(80));
  for (const { label, text } of sorted) write(`${label.padEnd(30)} = ${text}`);
  write('*'.repeat(80));
}

/** Four stars whatever the length, as oslo.config prints secrets. */
const mask = '****';

// From a scheme to the next one, as in a list of URLs. The bound keeps the time proportional to the length of a text.
const url = /([a-z][a-z0-9+.-]{0,30}:\/\/)((?:(?![a-z][a-z0-9+.-]{0,30}:\/\/)[^\n])*)/gi;
/** A password with white space in it, provided that neither a path nor another "@" begins before its end. */
const openCredentials = /^([^:/?#@]*):[^/?#@]*@/;
const secretParameter = /([?&](?:password|passwd|passphrase|secret|token)=)[^&#\s]*/gi;
const credentials = /^([^:]*):(.*)@/s;
const masked = `$1:${mask}@`;

/**
 * Hides the passwords of all URLs in a text, including those in a query (`?password=`). A password that should have
 * been percent-encoded is hidden as well.
 */
export function maskUrls(text: string): string {
  if (!text.includes('://')) return text;
  return text.replace(url, (_whole, scheme: string, rest: string) => {
    const end = rest.search(/\s/);
    const word = end < 0 ? rest : rest.slice(0, end);
    const safe = word.includes('@')
      ? maskAfterScheme(word) + rest.slice(word.length)
      : rest.replace(openCredentials, masked);
    return scheme + safe.replace(secretParameter, `$1${mask}`);
  });
}

function maskAfterScheme(rest: string): string {
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const tail = rest.slice(authority.length);
  // An "@" after the authority may end a password that contains a slash: too much is hidden rather than too little.
  if (tail.includes('@')) return rest.replace(credentials, masked);
  const hosts = authority.split(',');
  // Several hosts, each with its credentials; otherwise a comma belongs to the password.
  if (hosts.every((host) => host.includes('@'))) {
    return hosts.map((host) => host.replace(credentials, masked)).join(',') + tail;
  }
  return authority.replace(credentials, masked) + tail;
}

/** An option's text for logs and faults. */
export function maskText(option: Pick<OptionDeclaration, 'secret'>, text: string): string {
  return option.secret === true ? mask : maskUrls(text);
}

/** An option's value for logs and listings; `<unset>` when there is none. */
export function displayValue(option: Pick<OptionDeclaration, 'secret' | 'type'>, value: OptionValue): string {
  if (value === undefined) return '<unset>';
  return maskText(option, valueLines(option.type, value).join(' | '));
}
