import type { ByteRange } from '#libs/imagestore';
import { Fault } from '../../edge/errors/fault.js';

function notSatisfiable(message: string): Fault {
  return new Fault(416, message, { code: 'RangeNotSatisfiable' });
}

/**
 * The one range of a download, or undefined for all of it: `Range: bytes=0-4`, `bytes=5-`, `bytes=-5`; also a request's
 * `Content-Range: bytes 0-4/10`, which glance still takes.
 * @param size bytes of the image
 * @throws Fault 416 for several ranges, for what is none, and for one that begins after the end
 */
export function requestedRange(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  size: number,
): ByteRange | undefined {
  const range = headers['range'];
  if (typeof range === 'string') return parseRange(range, size);
  const content = headers['content-range'];
  if (typeof content !== 'string') return undefined;
  const [, first, last] = /^\s*bytes[\s=](\d{1,15})-(\d{1,15})\/(?:\d{1,15}|\*)\s*$/i.exec(content) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (first === undefined || last === undefined || start > end || end >= size) {
    throw notSatisfiable('Malformed Content-Range header.');
  }
  return { start, end };
}

function parseRange(text: string, size: number): ByteRange {
  if (text.includes(',')) throw notSatisfiable('Requests with multiple ranges are not supported in Glance.');
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(text) ?? [];
  if (first === '' && last === '') throw notSatisfiable('Malformed Range header.');
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  const isBackwards = first !== '' && last !== '' && Number(last) < start;
  if (isBackwards || start >= size) throw notSatisfiable(`The range cannot be satisfied by ${size} bytes.`);
  return { start, end };
}
