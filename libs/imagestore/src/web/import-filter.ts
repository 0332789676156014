import ipaddr from 'ipaddr.js';
import type { ImportFilteringOptions } from '#libs/options';

/**
 * Which URLs web-download may request (glance.common.utils.validate_import_uri), and which addresses of their host
 * names.
 */
export class ImportFilter {
  constructor(private readonly options: ImportFilteringOptions) {}

  /** Whether scheme, host and port of a URL are permitted. An address in the URL is checked, too. */
  allows(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, port, username, password } = new URL(text);
    const { options } = this;
    const scheme = protocol.replace(/:$/, '');
    if (!['http', 'https'].includes(scheme) || username !== '' || password !== '') return false;
    if (!passes(scheme, options.allowedSchemes, options.disallowedSchemes)) return false;
    const host = normal(hostname);
    if (host === '' || !passes(host, options.allowedHosts.map(normal), options.disallowedHosts.map(normal)))
      return false;
    if (port !== '' && !passes(port, options.allowedPorts, options.disallowedPorts)) return false;
    return !ipaddr.isValid(host) || this.allowsAddress(host, host);
  }

  /**
   * Whether a connection to an address of `host` is permitted: a public address, or any address of a host that the
   * operator lists.
   */
  allowsAddress(address: string, host: string): boolean {
    if (this.options.allowedHosts.map(normal).includes(normal(host))) return true;
    return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
  }
}

/** If there is an allow list, only that list counts. */
function passes(value: string, allowed: readonly string[], disallowed: readonly string[]): boolean {
  return allowed.length > 0 ? allowed.includes(value) : !disallowed.includes(value);
}

/** Lower case, without the dot at the end of a name and the brackets of an address. */
function normal(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
