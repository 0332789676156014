import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

export interface UriConstraints {
  readonly schemes?: readonly string[];
  readonly maxLength?: number;
}

// RFC 3986, 3: scheme, authority with a host, then path, query and fragment of permitted characters. As in oslo.config
// a percent sign must begin an escape in the authority only.
const uri =
  /^([a-z][a-z0-9+.-]*):\/\/((?:[a-z0-9._~!$&'()*+,;=:-]|%[\da-f]{2})+@)?(\[[0-9a-f:.]+\]|(?:[a-z0-9._~!$&'()*+,;=-]|%[\da-f]{2})+)(:\d*)?([/?#][a-z0-9._~:/?#[\]@!$&'()*+,;=%-]*)?$/i;

/** An absolute URI with a host. */
export function uriType({ schemes, maxLength }: UriConstraints = {}): OptionType {
  const kinds = schemes === undefined ? 'a URI' : `a URI that starts with ${schemes.join(':// or ')}://`;
  return {
    name: 'URI',
    allowed: maxLength === undefined ? kinds : `${kinds}, of at most ${maxLength} characters`,
    parse(text) {
      const match = uri.exec(text);
      if (match === null || (maxLength !== undefined && text.length > maxLength)) throw new OptionTextError();
      if (schemes !== undefined && !schemes.includes((match[1] ?? '').toLowerCase())) throw new OptionTextError();
      return text;
    },
    format: String,
    schema: () => ({ type: 'string', format: 'uri', ...(maxLength !== undefined && { maxLength }) }),
  };
}
