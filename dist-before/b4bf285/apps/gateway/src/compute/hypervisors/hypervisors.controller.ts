import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { HypervisorPage } from '#libs/contracts';
import type { HypervisorData, ListArgs, Page } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { nextLinks, pageOf } from '../paging.js';
import { ResourceLinks } from '../resource-links.js';
import { hypervisorSummary, hypervisorView, statisticsView } from './hypervisor.view.js';

/** `/os-hypervisors`: the compute hosts and what of them is in use. */
@Controller('v2.1/os-hypervisors')
export class HypervisorsController {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  @Get()
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-hypervisors:list');
    return this.#page(request, 'os-hypervisors', hypervisorSummary);
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-hypervisors:list-detail');
    const version = request.edge.microversion ?? 1;
    return this.#page(request, 'os-hypervisors/detail', (host) => hypervisorView(host, version));
  }

  /** Gone from 2.88 on. */
  @Get('statistics')
  async statistics(@Req() request: FastifyRequest): Promise<unknown> {
    if ((request.edge.microversion ?? 1) >= 88) throw notThere();
    this.#edge.policy.authorize(request, 'os_compute_api:os-hypervisors:list-detail');
    return statisticsView((await this.#hosts(request, {})).objects);
  }

  /** In the host from 2.88 on; before that the driver's to tell, and none does. */
  @Get(':id/uptime')
  uptime(@Req() request: FastifyRequest): never {
    if ((request.edge.microversion ?? 1) >= 88) throw notThere();
    this.#edge.policy.authorize(request, 'os_compute_api:os-hypervisors:uptime');
    throw new Fault(501, 'Virt driver does not implement uptime function.', { code: 'NotImplemented' });
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-hypervisors:show');
    const [host] = (await this.#hosts(request, { filters: { id: [id] } })).objects;
    if (host === undefined) {
      throw new Fault(404, `Compute host ${id} could not be found.`, { code: 'ComputeHostNotFound' });
    }
    return { hypervisor: hypervisorView(host, request.edge.microversion ?? 1) };
  }

  /** Pages from 2.33 on; part of a host's name from 2.53 on, which nova does not page either. */
  async #page(
    request: FastifyRequest,
    path: string,
    view: (host: HypervisorData) => Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const query = queryOf(request);
    const version = request.edge.microversion ?? 1;
    const pattern = version >= 53 ? lastOf(query, 'hypervisor_hostname_pattern') : undefined;
    if (pattern !== undefined) return { hypervisors: (await this.#matching(request, pattern)).map(view) };
    const asked = version >= 33 ? pageOf(query, this.#edge.settings.maxLimit) : {};
    const page = await this.#hosts(request, asked);
    const links = new ResourceLinks(request, this.#edge.settings.computeLinkPrefix);
    return { hypervisors: page.objects.map(view), ...nextLinks('hypervisors', path, request, links, page.next_marker) };
  }

  async #matching(request: FastifyRequest, pattern: string): Promise<readonly HypervisorData[]> {
    const query = queryOf(request);
    if (lastOf(query, 'limit') !== undefined || lastOf(query, 'marker') !== undefined) {
      const text = 'Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.';
      throw new Fault(400, text, { code: 'InvalidInput' });
    }
    const found = (await this.#hosts(request, {})).objects.filter((host) => host.node.includes(pattern));
    if (found.length > 0) return found;
    throw new Fault(404, `No hypervisor matching '${pattern.slice(0, 255)}' could be found.`, { code: 'NotFound' });
  }

  async #hosts(request: FastifyRequest, args: ListArgs): Promise<Page<HypervisorData>> {
    return HypervisorPage.unwrap(await this.#conductor.call(request, 'hypervisor_list', args));
  }
}

function notThere(): Fault {
  return new Fault(404, 'The resource could not be found.', { code: 'NotFound' });
}
