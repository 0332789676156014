import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Fault } from './errors/fault.js';
import type { FaultTexts } from './errors/fault.js';

/** Deeper nesting than any request of these APIs needs; a limit for all code that traverses a body. */
const MAX_DEPTH = 64;
/** An escaped surrogate, half of a character outside of the first plane; two of them may make a whole one. */
const ESCAPED_SURROGATE = /\\u[dD][89abABcdefCDEF]/;
/** By code points: the halves of a pair do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const FORM_TYPE = 'application/x-www-form-urlencoded';
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/** A content type without its parameters. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Whether brackets nest deeper than allowed; text inside strings is skipped. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Whether every text in a value can be stored and shown unchanged: unpaired surrogates would become U+FFFD. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return !LONE_SURROGATE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isWellFormed(key) && isWellFormed(item));
}

/** A number that may be an integer beyond ±(2^53 − 1). */
const LONG_NUMBER = /\d{16}/;
/** From here on, numbers are written with an exponent, and are fractions to every reader. */
const EXPONENT_FORM = 1e21;

/** Whether every integer in a value is the one that was sent. */
export function hasExactIntegers(value: unknown): boolean {
  if (typeof value === 'number') {
    return !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= EXPONENT_FORM;
  }
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(hasExactIntegers);
}

/** Whether the headers say that no body follows. */
function hasNoBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return false;
  const length = headers['content-length'];
  return length === undefined || length === '0';
}

/** The body types that an API accepts in addition to JSON. */
export interface BodyTypes {
  /** Further content types of JSON texts. */
  readonly json?: readonly string[];
  /**
   * Bodies have values without a declared form, which are stored as they are: integers that would not stay exact are
   * refused.
   */
  readonly freeValues?: true;
  /** Content type of bodies of any length; routes with `streamsBody` get them as an unread stream. */
  readonly stream?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body itself, as a stream. */
    streamsBody?: boolean;
    /** The route accepts a form in addition to JSON: its handler gets URLSearchParams. */
    takesForm?: boolean;
    /** The route accepts any bytes: its handler gets a Buffer. */
    takesBytes?: boolean;
  }
}

/**
 * Reads JSON bodies. Refused: other content types (415), bytes that are not UTF-8 and text that is not JSON (400),
 * texts with unpaired surrogates (400), inexact integers in free values (400), keys that access prototypes (400),
 * excessive nesting (400). The size is limited
 * by Fastify while the body is read, chunked ones too (413).
 */
export function installBodyParser(fastify: FastifyInstance, texts: FaultTexts, bodies: BodyTypes = {}): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const { json: furtherJson = [], stream, freeValues = false } = bodies;
  fastify.removeAllContentTypeParsers();
  // The content type of an absent body has no meaning, however it is spelled.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request;
    if (headers['content-type'] !== undefined && hasNoBody(headers)) {
      if (request.routeOptions.config.streamsBody !== true) delete headers['content-type'];
    }
    done();
  });
  if (stream !== undefined) {
    fastify.addContentTypeParser(stream, (request, payload, done) => {
      if (request.routeOptions.config.streamsBody === true) return done(null, payload);
      // python-glanceclient sends this type for a request without a body, too. The first of these events decides: a
      // refused body also ends, and its request must not run then.
      let isDecided = false;
      const decide = (error: Error | null): void => {
        if (isDecided) return;
        isDecided = true;
        done(error, undefined);
      };
      payload.once('data', () => decide(new Fault(415, texts.unsupportedMediaType, { code: 'UnsupportedMediaType' })));
      payload.once('end', () => decide(null));
      payload.once('error', decide);
    });
  }
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
    if (bytes.length === 0) return done(null, undefined);
    if (request.routeOptions.config.takesBytes === true) return done(null, bytes);
    const type = request.headers['content-type'];
    if (mediaType(type) === FORM_TYPE && request.routeOptions.config.takesForm === true) {
      return done(null, new URLSearchParams(bytes.toString('utf8')));
    }
    if (type !== undefined && type !== '' && !JSON_TYPE.test(type) && !furtherJson.includes(mediaType(type))) {
      return done(new Fault(415, texts.unsupportedMediaType, { code: 'UnsupportedMediaType' }));
    }
    const malformed = new Fault(400, texts.malformedBody, { code: 'MalformedRequestBody' });
    if (!isUtf8(bytes)) return done(malformed);
    const text = bytes.toString('utf8');
    if (text.length > MAX_DEPTH && isTooDeep(text)) return done(malformed);
    void parse(request, text, (error, value) => {
      const isStorable =
        (!ESCAPED_SURROGATE.test(text) || isWellFormed(value)) &&
        (!freeValues || !LONG_NUMBER.test(text) || hasExactIntegers(value));
      if (error === null && isStorable) done(null, value);
      else done(malformed);
    });
  });
}
