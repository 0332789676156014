import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, ResourceTarget } from '#libs/contracts';
import { NetworkOptions } from '#libs/options';
import { NetworkPolicy } from './network-policy.js';
import { Presenter } from './presenter.js';
import { ResourceClient } from './resource-client.js';

/** The common dependencies of every controller of a resource. */
@Injectable()
export class ResourceEdge {
  constructor(
    @Inject(NetworkPolicy) readonly policy: NetworkPolicy,
    @Inject(Presenter) readonly presenter: Presenter,
    @Inject(ResourceClient) readonly client: ResourceClient,
    @Inject(NetworkOptions) readonly options: NetworkOptions,
  ) {}

  /**
   * Runs a check of an operation on an object, and shows a refusal only to callers who may see the object: for others
   * it is 404 (neutron.pecan_wsgi.hooks.policy_enforcement).
   */
  async afterSight(
    request: FastifyRequest,
    declaration: Declaration,
    target: ResourceTarget,
    check: () => void,
  ): Promise<void> {
    try {
      check();
    } catch (refusal) {
      const { expected_revision: _revision, ...seen } = target;
      if (declaration.operations.has('get')) await this.client.get(request, declaration, seen);
      throw refusal;
    }
  }
}
