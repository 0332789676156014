import type { FastifyRequest } from 'fastify';
import { contextOf } from '../../edge/request-state.js';

/** The domain of what is created without naming one: that of the token, else the default domain (keystone's rule). */
export function domainFor(request: FastifyRequest, named: string | null | undefined): string {
  return named ?? contextOf(request).domain_id ?? 'default';
}
