import type { FastifyRequest } from 'fastify';
import type { OAuth1Request } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import { badRequest } from '../errors/keystone-faults.js';

/**
 * A request as RFC 5849 signs it: the parameters of `Authorization: OAuth …`, and the query. Throws 400 if the header
 * is missing or cannot be parsed.
 */
export function oauth1Request(request: FastifyRequest): OAuth1Request {
  const { authorization = '' } = request.headers;
  const found = /^OAuth\s+(.*)$/i.exec(authorization);
  if (found === null) throw badRequest('Error retrieving OAuth headers');
  const [path = '', query = ''] = request.url.split('?', 2);
  return {
    url: `${baseUrl(request)}${path}`,
    query: query === '' ? [] : query.split('&').map(normalPair),
    parameters: Object.fromEntries((found[1] ?? '').split(',').flatMap(headerPair)),
  };
}

function headerPair(text: string): [string, string][] {
  const found = /^\s*([\w.~-]+)\s*=\s*"([^"]*)"\s*$/.exec(text);
  if (found === null) throw badRequest('Error retrieving OAuth headers');
  const [, name = '', value = ''] = found;
  return [[name, decoded(value)]];
}

/** A pair of a query, encoded again according to RFC 3986. */
function normalPair(text: string): string {
  const at = text.indexOf('=');
  const [name, value] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  return [name, value].map((part) => encoded(decoded(part.replaceAll('+', ' ')))).join('=');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('Error retrieving OAuth headers');
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
