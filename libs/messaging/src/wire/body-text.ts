import { isUtf8 } from 'node:buffer';
import { gunzipSync, inflateSync } from 'node:zlib';
import type { Inbound } from '../drivers/driver.js';
import { MalformedMessage } from './envelope.js';

/**
 * The largest message of any broker: RabbitMQ's default before 4.0. Messages sent by this library have a lower limit.
 */
const limitBytes = 128 * 1024 * 1024;
/** All encodings of JSON text; kombu writes `binary` for a body that it has not encoded itself. */
const encodings = new Set(['', 'utf-8', 'utf8', 'us-ascii', 'ascii', 'binary']);

/** The text of a message, decompressed if needed. Throws MalformedMessage. */
export function bodyText(message: Inbound): string {
  const { contentType, contentEncoding = '' } = message;
  const body = unpacked(message);
  if (contentType !== undefined && contentType !== 'application/json') {
    throw refused(body, `content type "${contentType}": expected application/json`);
  }
  if (!encodings.has(contentEncoding.toLowerCase())) {
    throw refused(body, `content encoding "${contentEncoding}": expected utf-8`);
  }
  // Decoding would replace invalid bytes with other characters.
  if (!isUtf8(body)) throw refused(body, 'the body is not UTF-8');
  return body.toString();
}

function unpacked({ body, headers }: Inbound): Buffer {
  if (headers['compression'] === undefined) {
    if (body.length > limitBytes) throw refused(body, `the body has ${body.length} bytes: the limit is ${limitBytes}`);
    return body;
  }
  try {
    // kombu names zlib's format "application/x-gzip".
    const gzip = body[0] === 0x1f && body[1] === 0x8b;
    return (gzip ? gunzipSync : inflateSync)(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    throw new MalformedMessage(`the body with compression header cannot be read`, { cause });
  }
}

function refused(body: Buffer, reason: string): MalformedMessage {
  return new MalformedMessage(reason).readConcerned(body.toString('latin1', 0, Math.min(body.length, limitBytes)));
}
