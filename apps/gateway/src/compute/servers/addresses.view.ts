import ipaddr from 'ipaddr.js';
import type { ServerAddress } from '#libs/contracts';

/** An IPv6 address in its short form (RFC 5952), as nova stores it; an empty one stays empty. */
export function shortAddress(address: string): string {
  return address === '' ? '' : ipaddr.IPv6.parse(address).toRFC5952String();
}

/** `{ network: [{ addr, version, … }] }`, networks by name. `extended`: with type and MAC, as servers show them. */
export function addressesView(
  addresses: readonly ServerAddress[],
  extended: boolean,
): Record<string, Record<string, unknown>[]> {
  const networks = new Map<string, Record<string, unknown>[]>();
  for (const address of addresses) {
    const list = networks.get(address.network_name) ?? [];
    networks.set(address.network_name, list);
    const plain = { version: address.version, addr: address.addr };
    list.push(
      extended
        ? { ...plain, 'OS-EXT-IPS:type': typeOf(address), 'OS-EXT-IPS-MAC:mac_addr': address.mac_address }
        : plain,
    );
  }
  return Object.fromEntries(networks);
}

function typeOf({ fixed_addr: fixed }: ServerAddress): 'fixed' | 'floating' {
  return fixed === undefined ? 'fixed' : 'floating';
}
