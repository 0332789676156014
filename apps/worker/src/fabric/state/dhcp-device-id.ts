import { createHash } from 'node:crypto';

/** RFC 4122's namespace of domain names. */
const DNS_NAMESPACE = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');

/**
 * The `device_id` of a host's DHCP port on a network, as neutron's agents build it: `dhcp<uuid5 of host>-<network>`.
 */
export function dhcpDeviceId(host: string, networkId: string): string {
  const name = Buffer.from(host.split('.')[0] ?? host);
  const bytes = createHash('sha1').update(DNS_NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `dhcp${parts.join('-')}-${networkId}`;
}
