import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Service } from '#libs/contracts';
import type { ServiceData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { storedBinary, serviceView, zonesView } from './services.view.js';
import { versionOf } from '../versions/microversion.js';

/** `/os-services` (reading) and `/os-availability-zone`, both from the services that report. */
@Controller('v2.1')
export class ServicesController {
  constructor(private readonly reader: ResourceReader) {}

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
    const { objects } = await this.reader.list(request, Service, { filters });
    return { services: objects.map((service) => serviceView(service, versionOf(request))) };
  }

  @Get('os-availability-zone')
  @Authorize('os_compute_api:os-availability-zone:list')
  async zones(@Req() request: FastifyRequest): Promise<unknown> {
    return zonesView(await this.#all(request), false);
  }

  @Get('os-availability-zone/detail')
  @Authorize('os_compute_api:os-availability-zone:detail')
  async zonesDetailed(@Req() request: FastifyRequest): Promise<unknown> {
    return zonesView(await this.#all(request), true);
  }

  async #all(request: FastifyRequest): Promise<readonly ServiceData[]> {
    return (await this.reader.list(request, Service, {}, { elevated: true })).objects;
  }
}
