import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ServerData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { contextOf } from '../../edge/request-state.js';
import { Pages } from '../paging.js';
import type { ResourceLinks } from '../resource-links.js';
import { HostStatuses } from '../services/host-statuses.js';
import { serverAfterUpdate, serverDetail } from './server.view.js';
import type { ServerViewContext } from './server.view.js';
import { versionOf } from '../versions/microversion.js';

/** Makes views of servers for a request: checks the policy once for the fields that the caller may see. */
@Injectable()
export class ServerViews {
  readonly #edge: Edge;
  readonly #hosts: HostStatuses;
  readonly #pages: Pages;

  constructor(edge: Edge, hosts: HostStatuses, pages: Pages) {
    this.#edge = edge;
    this.#hosts = hosts;
    this.#pages = pages;
  }

  async one(request: FastifyRequest, server: ServerData): Promise<Record<string, unknown>> {
    return serverDetail(server, await this.#view(request, true));
  }

  async many(request: FastifyRequest, servers: readonly ServerData[]): Promise<Record<string, unknown>[]> {
    const view = await this.#view(request, false);
    return servers.map((server) => serverDetail(server, view));
  }

  async updated(request: FastifyRequest, server: ServerData): Promise<Record<string, unknown>> {
    const view = await this.#view(request, true);
    return view.version >= 75 ? serverDetail(server, view) : serverAfterUpdate(server, view);
  }

  links(request: FastifyRequest): ResourceLinks {
    return this.#pages.links(request);
  }

  async #view(request: FastifyRequest, single: boolean): Promise<ServerViewContext> {
    const { policy } = this.#edge;
    const version = versionOf(request);
    return {
      version,
      single,
      links: this.links(request),
      isAdmin: contextOf(request).is_admin,
      showAttributes: policy.allows(request, 'os_compute_api:os-extended-server-attributes'),
      showExtraSpecs: version >= 47 && policy.allows(request, 'os_compute_api:servers:show:flavor-extra-specs'),
      hostStatus: version >= 16 ? await this.#hostStatus(request) : undefined,
    };
  }

  /** For callers who may see no more: whether a host is unknown. */
  async #hostStatus(request: FastifyRequest): Promise<ServerViewContext['hostStatus']> {
    const { policy } = this.#edge;
    if (policy.allows(request, 'os_compute_api:servers:show:host_status')) return this.#hosts.lookup(request);
    if (!policy.allows(request, 'os_compute_api:servers:show:host_status:unknown-only')) return undefined;
    const lookup = await this.#hosts.lookup(request);
    return (host) => (lookup(host) === 'UNKNOWN' ? 'UNKNOWN' : undefined);
  }
}
