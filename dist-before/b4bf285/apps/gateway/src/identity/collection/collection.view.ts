import type { FastifyRequest } from 'fastify';
import { baseUrl } from '../../edge/links.js';

/** keystone's form of a list: the entries, and a `self` link that repeats the request. There are no pages. */
export function collectionView(request: FastifyRequest, name: string, entries: readonly unknown[]): object {
  const self = `${baseUrl(request)}${request.url}`;
  return { [name]: entries, links: { next: null, self, previous: null } };
}
