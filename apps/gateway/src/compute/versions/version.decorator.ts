import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestState } from '../../edge/request-state.js';
import { MIN_MICROVERSION } from './microversion.js';

/** N of the microversion 2.N that a request is in. */
export function versionOf(request: { readonly edge: Pick<RequestState, 'microversion'> }): number {
  return request.edge.microversion ?? MIN_MICROVERSION;
}

/** A controller's parameter: N of the microversion 2.N: `show(@Version() version: number)`. */
export const Version = createParamDecorator((_data: unknown, context: ExecutionContext): number =>
  versionOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
