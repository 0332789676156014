import type { FastifyReply, FastifyRequest } from 'fastify';
import { CorsOptions } from '#libs/options';
import { booleanOf } from '../query/query.js';
import type { FilterFactory } from '../pipeline/filter.js';

/** Headers that every page may send: the library's own list, in addition to `allow_headers`. */
const SIMPLE_HEADERS = [
  'accept',
  'accept-language',
  'content-type',
  'cache-control',
  'content-language',
  'expires',
  'last-modified',
  'pragma',
];

/**
 * oslo.middleware's cors (`[cors]`, or keys of the same names in api-paste.ini): the response to an allowed Origin has
 * the CORS headers, any other is unchanged. OPTIONS is answered here, before the token is checked, always with 200; the
 * headers tell the browser whether it may continue. Fetch standard, CORS protocol.
 */
export const cors: FilterFactory = (edge, _api, options) => {
  const settings = withOptions(edge.options.get(CorsOptions), options);
  const allowedHeaders = new Set([...SIMPLE_HEADERS, ...settings.allowHeaders.map((name) => name.toLowerCase())]);
  const granted = (request: FastifyRequest): string | undefined => {
    const { origin } = request.headers;
    if (origin === undefined) return undefined;
    if (settings.allowedOrigin.includes(origin)) return origin;
    return settings.allowedOrigin.includes('*') ? '*' : undefined;
  };
  const grant = (reply: FastifyReply, origin: string): void => {
    const vary = reply.getHeader('vary');
    reply.header('vary', typeof vary === 'string' ? `${vary}, Origin` : 'Origin');
    reply.header('access-control-allow-origin', origin);
    if (settings.allowCredentials) reply.header('access-control-allow-credentials', 'true');
  };
  const preflight = (request: FastifyRequest, reply: FastifyReply): void => {
    const origin = granted(request);
    const method = request.headers['access-control-request-method'];
    const names = listed(request.headers['access-control-request-headers']);
    if (origin === undefined || method === undefined || !settings.allowMethods.includes(method)) return;
    if (!names.every((name) => allowedHeaders.has(name.toLowerCase()))) return;
    grant(reply, origin);
    if (settings.maxAge > 0) reply.header('access-control-max-age', String(settings.maxAge));
    reply.header('access-control-allow-methods', method);
    if (names.length > 0) reply.header('access-control-allow-headers', names.join(','));
  };
  return {
    name: 'cors',
    onRequest(request, reply) {
      if (request.method !== 'OPTIONS') return;
      preflight(request, reply);
      void reply.code(200).send();
    },
    // Runs last, when the API has set its Vary header.
    onSend(request, reply) {
      if (request.method === 'OPTIONS') return;
      const origin = granted(request);
      if (origin === undefined) return;
      grant(reply, origin);
      if (settings.exposeHeaders.length === 0) return;
      reply.header('access-control-expose-headers', settings.exposeHeaders.join(','));
    },
  };
};

function listed(text: string | readonly string[] | undefined): string[] {
  return String(text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function withOptions(settings: CorsOptions, options: Readonly<Record<string, string>>): CorsOptions {
  const list = (name: string, value: readonly string[]): readonly string[] =>
    options[name] === undefined ? value : listed(options[name]);
  const maxAge = Number(options['max_age'] ?? settings.maxAge);
  return {
    allowedOrigin: list('allowed_origin', settings.allowedOrigin),
    allowCredentials: booleanOf(options['allow_credentials'] ?? '') ?? settings.allowCredentials,
    exposeHeaders: list('expose_headers', settings.exposeHeaders),
    maxAge: Number.isFinite(maxAge) ? maxAge : settings.maxAge,
    allowMethods: list('allow_methods', settings.allowMethods),
    allowHeaders: list('allow_headers', settings.allowHeaders),
  };
}
