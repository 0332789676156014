import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

export interface IpConstraints {
  readonly version?: 4 | 6;
}

const ipAllowed = (version: 4 | 6 | undefined): string =>
  version === undefined ? 'an IPv4 or IPv6 address' : `an IPv${version} address`;

function isAddress(text: string, version: 4 | 6 | undefined): boolean {
  // A zone (`fe80::1%eth0`) is an interface of this machine, not a part of an address.
  if (text.includes('%')) return false;
  if (version === 4) return isIPv4(text);
  if (version === 6) return isIPv6(text);
  return isIP(text) !== 0;
}

export function ipType({ version }: IpConstraints = {}): OptionType {
  return {
    name: 'IP address',
    allowed: ipAllowed(version),
    parse(text) {
      if (!isAddress(text, version)) throw new OptionTextError();
      return text;
    },
    format: String,
    schema: () => ({ type: 'string', ...(version !== undefined && { format: `ipv${version}` }) }),
  };
}

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

function isHostName(text: string): boolean {
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  // A last label without a letter is a mistyped address (RFC 1123, 2.1).
  return text.length <= 253 && labels.every((part) => label.test(part)) && /[a-z-]/i.test(labels.at(-1) ?? '');
}

/** An address or a host name; underscores are allowed, as in oslo.config's HostDomain. */
export function hostAddressType({ version }: IpConstraints = {}): OptionType {
  return {
    name: 'host address',
    allowed: `${ipAllowed(version)} or a host name`,
    parse(text) {
      if (isAddress(text, version)) return text;
      if (!isHostName(text)) throw new OptionTextError();
      return text.endsWith('.') ? text.slice(0, -1) : text;
    },
    format: String,
    schema: () => ({ type: 'string', maxLength: 254 }),
  };
}
