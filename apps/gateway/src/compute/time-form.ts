import { Fault } from '../edge/errors/fault.js';
import { lastOf } from '../edge/query/query.js';
import type { Query } from '../edge/query/query.js';

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

/** A time in a query, otherwise a 400 Fault with nova's text. */
export function timeIn(query: Query, name: string): string | undefined {
  const text = lastOf(query, name);
  if (text === undefined || (/^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  const shown = text.slice(0, 64);
  const reason = `Invalid input for query parameters ${name}. Value: ${shown}. '${shown}' is not a 'date-time'`;
  throw new Fault(400, reason, { code: 'InvalidInput', facts: { field: name } });
}
