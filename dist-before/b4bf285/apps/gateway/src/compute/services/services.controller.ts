import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServicePage } from '#libs/contracts';
import type { ServiceData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { queryOf, valuesOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { serviceView, zonesView } from './services.view.js';

/** `/os-services` (reading) and `/os-availability-zone`, both from the services that report. */
@Controller('v2.1')
export class ServicesController {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  @Get('os-services')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-services:list');
    const query = queryOf(request);
    const filters = Object.fromEntries(
      ['host', 'binary']
        .map((name) => [name, [...valuesOf(query, name)]] as const)
        .filter(([, values]) => values.length),
    );
    const services = await this.#services(request, filters, false);
    return { services: services.map((service) => serviceView(service, request.edge.microversion ?? 1)) };
  }

  @Get('os-availability-zone')
  async zones(@Req() request: FastifyRequest): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-availability-zone:list');
    return zonesView(await this.#services(request, {}, true), false);
  }

  @Get('os-availability-zone/detail')
  async zonesDetailed(@Req() request: FastifyRequest): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-availability-zone:detail');
    return zonesView(await this.#services(request, {}, true), true);
  }

  async #services(
    request: FastifyRequest,
    filters: Readonly<Record<string, readonly string[]>>,
    elevated: boolean,
  ): Promise<readonly ServiceData[]> {
    return ServicePage.unwrap(await this.#conductor.call(request, 'service_list', { filters }, { elevated })).objects;
  }
}
