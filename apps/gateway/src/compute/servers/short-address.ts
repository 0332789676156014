import ipaddr from 'ipaddr.js';

/** An IPv6 address in its short form (RFC 5952), as nova stores it; an empty one stays empty. */
export function shortAddress(address: string): string {
  return address === '' ? '' : ipaddr.IPv6.parse(address).toRFC5952String();
}
