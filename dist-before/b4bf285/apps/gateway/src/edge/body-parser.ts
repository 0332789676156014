import type { FastifyInstance } from 'fastify';
import { Fault } from './errors/fault.js';
import type { FaultTexts } from './errors/fault.js';

/** Deeper nesting than any request of these APIs needs; a bound for all that walks a body. */
const MAX_DEPTH = 64;
const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

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

/**
 * Reads JSON bodies. Refused: other content types (415), text that is not JSON (400), keys that reach for prototypes
 * (400), absurd nesting (400). The size is bounded by Fastify while the body is read, chunked ones too (413).
 */
export function installBodyParser(fastify: FastifyInstance, texts: FaultTexts): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const text = typeof body === 'string' ? body : body.toString('utf8');
    if (text === '') return done(null, undefined);
    const type = request.headers['content-type'];
    if (type !== undefined && type !== '' && !JSON_TYPE.test(type)) {
      return done(new Fault(415, texts.unsupportedMediaType, { code: 'UnsupportedMediaType' }));
    }
    const malformed = new Fault(400, texts.malformedBody, { code: 'MalformedRequestBody' });
    if (text.length > MAX_DEPTH && isTooDeep(text)) return done(malformed);
    void parse(request, text, (error, value) => (error === null ? done(null, value) : done(malformed)));
  });
}
