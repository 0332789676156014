import { gunzipSync, inflateSync } from 'node:zlib';
import type { Inbound } from './driver.js';
import { MalformedMessage } from './envelope.js';

/** The text of a message, unpacked where it is compressed. Throws MalformedMessage, also above `limit` bytes. */
export function bodyText(message: Inbound, limit: number): string {
  const { contentType, body } = message;
  if (contentType !== undefined && contentType !== 'application/json') {
    throw new MalformedMessage(`content type "${contentType}": expected application/json`);
  }
  const compression = message.headers['compression'];
  if (compression === undefined) {
    if (body.length > limit) throw new MalformedMessage(`the body has ${body.length} bytes: the limit is ${limit}`);
    return body.toString();
  }
  try {
    // kombu names zlib's format "application/x-gzip".
    const gzip = body[0] === 0x1f && body[1] === 0x8b;
    return (gzip ? gunzipSync : inflateSync)(body, { maxOutputLength: limit }).toString();
  } catch (cause) {
    throw new MalformedMessage(`the body with compression header cannot be read`, { cause });
  }
}
