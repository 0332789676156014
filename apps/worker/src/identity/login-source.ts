import ipaddr from 'ipaddr.js';
import type { RequestContext } from '#libs/telemetry';

/** A host's addresses change within its network of this size (RFC 4291), so that one of them is no bound. */
const IPV6_NETWORK_BITS = 64;

/**
 * Whose failed log-ins are counted together: the client's IPv4 address, or its IPv6 network of 64 bits. Empty for a
 * request whose gateway did not tell (an older one, or a call by an operator).
 */
export function loginSource(context: RequestContext): string {
  const { remote_address: address } = context;
  if (typeof address !== 'string' || !ipaddr.isValid(address)) return '';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${IPV6_NETWORK_BITS}`);
  return `${network.toString()}/${IPV6_NETWORK_BITS}`;
}
