import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { notFound } from '../errors/keystone-faults.js';
import { buildCatalog } from './catalog.js';
import type { CatalogEntry } from './catalog.js';
import { endpointView, regionView, serviceView } from './catalog.view.js';

/** Services, endpoints and regions: read only, since they are configuration. */
@Controller('v3')
export class CatalogController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get('services')
  services(@Req() request: FastifyRequest, @Query() query: RawQuery): object {
    this.policy.authorize(request, 'list_services');
    const [type, name] = [valueOf(query, 'type'), valueOf(query, 'name')];
    const found = this.#catalog(request).filter(
      (entry) => (type === undefined || entry.type === type) && (name === undefined || entry.name === name),
    );
    return collectionView(
      request,
      'services',
      found.map((entry) => serviceView(baseUrl(request), entry)),
    );
  }

  @Get('services/:id')
  service(@Req() request: FastifyRequest, @Param('id') id: string): object {
    this.policy.authorize(request, 'get_service');
    const entry = this.#catalog(request).find((one) => one.id === id);
    if (entry === undefined) throw notFound('service', id);
    return { service: serviceView(baseUrl(request), entry) };
  }

  @Get('endpoints')
  endpoints(@Req() request: FastifyRequest, @Query() query: RawQuery): object {
    this.policy.authorize(request, 'list_endpoints');
    const wanted = {
      service: valueOf(query, 'service_id'),
      face: valueOf(query, 'interface'),
      region: valueOf(query, 'region_id') ?? valueOf(query, 'region'),
    };
    const found = this.#endpoints(request).filter(
      ({ entry, endpoint }) =>
        (wanted.service === undefined || entry.id === wanted.service) &&
        (wanted.face === undefined || endpoint.interface === wanted.face) &&
        (wanted.region === undefined || endpoint.region === wanted.region),
    );
    return collectionView(
      request,
      'endpoints',
      found.map(({ entry, endpoint }) => endpointView(baseUrl(request), entry, endpoint)),
    );
  }

  @Get('endpoints/:id')
  endpoint(@Req() request: FastifyRequest, @Param('id') id: string): object {
    this.policy.authorize(request, 'get_endpoint');
    const found = this.#endpoints(request).find(({ endpoint }) => endpoint.id === id);
    if (found === undefined) throw notFound('endpoint', id);
    return { endpoint: endpointView(baseUrl(request), found.entry, found.endpoint) };
  }

  @Get('regions')
  regions(@Req() request: FastifyRequest): object {
    return collectionView(request, 'regions', [regionView(baseUrl(request), this.edge.settings.region)]);
  }

  @Get('regions/:id')
  region(@Req() request: FastifyRequest, @Param('id') id: string): object {
    if (id !== this.edge.settings.region) throw notFound('region', id);
    return { region: regionView(baseUrl(request), id) };
  }

  #catalog(request: FastifyRequest): readonly CatalogEntry[] {
    return buildCatalog(this.edge.settings, request.edge);
  }

  #endpoints(request: FastifyRequest): { entry: CatalogEntry; endpoint: CatalogEntry['endpoints'][number] }[] {
    return this.#catalog(request).flatMap((entry) => entry.endpoints.map((endpoint) => ({ entry, endpoint })));
  }
}
