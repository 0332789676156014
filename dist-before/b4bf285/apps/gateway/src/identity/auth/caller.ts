import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Edge } from '../../edge/edge.js';
import { authtoken } from '../../edge/filters/authtoken.js';
import { keystoneContext } from '../../edge/filters/keystone-context.js';
import type { Filter } from '../../edge/pipeline/filter.js';
import type { ApiDefinition } from '../../edge/api-definition.js';

/**
 * Authenticates the caller of a single route: `/v3/auth/tokens` asks for a token with every method but POST, which a
 * pipeline, mounted by path, cannot say.
 */
@Injectable()
export class Caller {
  readonly #filters: readonly Filter[];

  constructor(@Inject(Edge) edge: Edge, @Inject('IdentityApi') api: ApiDefinition) {
    this.#filters = [authtoken(edge, api, {}), keystoneContext(edge, api, {})];
  }

  /** Throws 401 without a good token; afterwards the request has its context. */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    for (const filter of this.#filters) await filter.onRequest?.(request, reply);
  }
}
