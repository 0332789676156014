import type { IncomingMessage } from 'node:http';
import { Fault } from '../errors/fault.js';

/** A name, an IPv4 or a bracketed IPv6 address, and a port; RFC 3986 without user and escapes. */
const HOST_FORM = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

let lastGood = '';

/**
 * Why the Host of a request is invalid, since links are made from it and proxies route by it: missing (HTTP/1.1), not
 * in the form of an address, or present twice (RFC 9112, 3.2). Undefined for a valid one.
 */
export function hostFault(raw: IncomingMessage): Fault | undefined {
  const { host } = raw.headers;
  if (host === undefined) {
    return raw.httpVersion === '1.0' ? undefined : refused('The header Host is missing.');
  }
  if (host !== lastGood) {
    if (!HOST_FORM.test(host)) return refused('The header Host is no address.');
    lastGood = host;
  }
  return isRepeated(raw.rawHeaders) ? refused('The header Host is there more than once.') : undefined;
}

function isRepeated(names: readonly string[]): boolean {
  let count = 0;
  for (let at = 0; at < names.length; at += 2) {
    const name = names[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count > 1;
}

function refused(message: string): Fault {
  return new Fault(400, message, { code: 'BadHost' });
}
