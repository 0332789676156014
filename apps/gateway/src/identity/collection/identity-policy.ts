import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { flattenTarget } from '#libs/policy';
import { Edge } from '../../edge/edge.js';
import { contextOf } from '../../edge/request-state.js';
import { forbidden } from '../errors/keystone-faults.js';

/** Checks keystone's rules with their nested targets (`target.user.id`). */
@Injectable()
export class IdentityPolicy {
  readonly #edge: Edge;

  constructor(@Inject(Edge) edge: Edge) {
    this.#edge = edge;
  }

  /**
   * Throws 403 unless the caller may list a kind. As in keystone the target of a list is the domain of the token, which
   * limits the content of the list.
   */
  authorizeList(request: FastifyRequest, kind: 'user' | 'project' | 'domain' | 'role' | 'role_assignment'): void {
    const { domain_id: id } = contextOf(request);
    const target = kind === 'domain' ? { domain: { id } } : { domain_id: id };
    this.authorize(request, `list_${kind}s`, id === null ? {} : target);
  }

  /** Throws 403 unless the caller may do `identity:<action>` on the target. */
  authorize(request: FastifyRequest, action: string, target: Readonly<Record<string, unknown>> = {}): void {
    const { user_id: userId } = contextOf(request);
    const rule = `identity:${action}`;
    const flat = { ...flattenTarget({ target }), user_id: userId };
    if (!this.#edge.policy.allows(request, rule, flat)) throw forbidden(rule);
  }
}
