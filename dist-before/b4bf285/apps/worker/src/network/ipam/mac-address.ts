import { randomBytes } from 'node:crypto';

const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** The lower-case colon form, from colons or dashes; null when it is no unicast MAC address. */
export function normalizeMac(text: string): string | null {
  const mac = text.trim().toLowerCase().replaceAll('-', ':');
  if (!macPattern.test(mac)) return null;
  const firstOctet = Number.parseInt(mac.slice(0, 2), 16);
  return firstOctet % 2 === 1 || mac === '00:00:00:00:00:00' ? null : mac;
}

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
