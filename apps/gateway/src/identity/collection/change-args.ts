import type { FastifyRequest } from 'fastify';
import { contextOf } from '../../edge/request-state.js';
import { badRequest } from '../errors/keystone-faults.js';
import { objectId } from './object-id.js';
import { normalizedNames } from './resource-body.decorator.js';
import type { ResourceBody } from './resource-body.decorator.js';

/** The domain of what is created without naming one: that of the token, else the default domain (keystone's rule). */
export function domainFor(request: FastifyRequest, named: string | null | undefined): string {
  return named ?? contextOf(request).domain_id ?? 'default';
}

/** Arguments of a create: what a client says of the id is passed over. */
export function createArgs<F extends object>({ fields, extra }: ResourceBody<F>): Omit<F, 'id'> & WithExtra {
  const args: F & { id?: unknown } = Object.assign({}, fields);
  delete args.id;
  return Object.assign(args, extra === undefined ? {} : { extra: normalizedNames(extra) });
}

/** Arguments of an update. Throws 404 for what cannot be an id, 400 for a body with another id than the path's. */
export function updateArgs<F extends { readonly id?: string | null }>(
  kind: string,
  id: string,
  { fields, extra }: ResourceBody<F>,
): F & { readonly id: string } & WithExtra {
  if (fields.id != null && fields.id !== id) throw badRequest('Cannot change ID');
  return Object.assign({}, fields, { id: objectId(kind, id) }, extra === undefined ? {} : { extra });
}

interface WithExtra {
  readonly extra?: Readonly<Record<string, unknown>>;
}
