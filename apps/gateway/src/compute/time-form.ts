/** `2026-11-21T20:49:56Z`: nova's form of created and updated. From the bus's ISO 8601 with microseconds. */
export function toSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

/** `2026-11-21T20:49:56.123456`: nova's form of a datetime that is printed unchanged; no zone. */
export function toMicroseconds(time: string | null): string | null {
  if (time === null) return null;
  const plain = time.replace(/Z$/, '');
  const [whole = plain, fraction = ''] = plain.split('.');
  return `${whole}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}
