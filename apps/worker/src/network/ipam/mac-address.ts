import { randomBytes } from 'node:crypto';

/**
 * A random MAC under neutron's `base_mac`: its first three octets always, the fourth too unless it is `00`, the rest
 * random. Uniqueness on a network is the database's word.
 */
export function generateMac(baseMac: string): string {
  const octets = baseMac.split(':');
  const kept = octets[3] === '00' ? 3 : 4;
  const random = [...randomBytes(6 - kept)].map((byte) => byte.toString(16).padStart(2, '0'));
  return [...octets.slice(0, kept), ...random].join(':').toLowerCase();
}
