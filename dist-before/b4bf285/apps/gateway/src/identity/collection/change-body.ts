import { IsObject, IsOptional } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../../edge/request-state.js';
import { badRequest } from '../errors/keystone-faults.js';

/** keystone's resource options, of which there are none here: clients send an empty object. */
export class ResourceOptions {
  @IsOptional()
  @IsObject()
  readonly options?: object;
}

/** The fields of a change without keystone's options. Throws 400 when an option is set, since none would take effect. */
export function withoutOptions<B extends ResourceOptions>(body: B): Omit<B, 'options'> {
  const { options, ...fields } = body;
  const [name] = Object.keys(options ?? {});
  if (name !== undefined) throw badRequest(`Invalid input for field 'options': the option ${name} is not supported.`);
  return fields;
}

/** The domain of what is created without naming one: that of the token, else the default domain (keystone's rule). */
export function domainFor(request: FastifyRequest, named: string | null | undefined): string {
  const { domain_id: domainId, project_domain_id: ofProject } = contextOf(request);
  return named ?? domainId ?? ofProject ?? 'default';
}
