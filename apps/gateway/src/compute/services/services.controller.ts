import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServicePage } from '#libs/contracts';
import type { ServiceData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { storedBinary, serviceView, zonesView } from './services.view.js';
import { versionOf } from '../versions/microversion.js';

/** `/os-services` (reading) and `/os-availability-zone`, both from the services that report. */
@Controller('v2.1')
export class ServicesController {
  constructor(private readonly conductor: ConductorClient) {}

  @Get('os-services')
  @Authorize('os_compute_api:os-services:list')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const query = queryOf(request);
    const host = lastOf(query, 'host');
    const binary = lastOf(query, 'binary');
    const filters = {
      ...(host ? { host: [host] } : {}),
      ...(binary ? { binary: [storedBinary(binary)] } : {}),
    };
    const services = await this.#services(request, filters, false);
    return { services: services.map((service) => serviceView(service, versionOf(request))) };
  }

  @Get('os-availability-zone')
  @Authorize('os_compute_api:os-availability-zone:list')
  async zones(@Req() request: FastifyRequest): Promise<unknown> {
    return zonesView(await this.#services(request, {}, true), false);
  }

  @Get('os-availability-zone/detail')
  @Authorize('os_compute_api:os-availability-zone:detail')
  async zonesDetailed(@Req() request: FastifyRequest): Promise<unknown> {
    return zonesView(await this.#services(request, {}, true), true);
  }

  async #services(
    request: FastifyRequest,
    filters: Readonly<Record<string, readonly string[]>>,
    elevated: boolean,
  ): Promise<readonly ServiceData[]> {
    return ServicePage.unwrap(await this.conductor.call(request, 'service_list', { filters }, { elevated })).objects;
  }
}
