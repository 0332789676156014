import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Flavor, FlavorPage } from '#libs/contracts';
import type { FlavorCreateArgs, FlavorData, FlavorListArgs, Page } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { booleanOf, lastOf, queryOf, wholeNumber } from '../../edge/query/query.js';
import type { Query } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { nextLinks, pageOf, sortOf } from '../paging.js';
import { ResourceLinks } from '../resource-links.js';
import { FlavorCreateBody } from './flavor.dto.js';
import { flavorDetail, flavorSummary } from './flavor.view.js';
import type { FlavorViewContext } from './flavor.view.js';

const SORT_KEYS: Readonly<Record<string, string>> = {
  created_at: 'created_at',
  description: 'description',
  disabled: 'disabled',
  ephemeral_gb: 'ephemeral',
  flavorid: 'id',
  id: 'id',
  is_public: 'is_public',
  memory_mb: 'ram',
  name: 'name',
  root_gb: 'disk',
  rxtx_factor: 'rxtx_factor',
  swap: 'swap',
  updated_at: 'updated_at',
  vcpus: 'vcpus',
};

/** `/flavors`. */
@Controller('v2.1/flavors')
export class FlavorsController {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  @Get()
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const view = this.#view(request);
    const flavors = page.objects.map((flavor) => flavorSummary(flavor, view));
    return { flavors, ...nextLinks('flavors', 'flavors', request, view.links, page.next_marker) };
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const view = this.#view(request);
    const flavors = page.objects.map((flavor) => flavorDetail(flavor, view));
    return { flavors, ...nextLinks('flavors', 'flavors/detail', request, view.links, page.next_marker) };
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { flavor: flavorDetail(await this.#flavor(request, id), this.#view(request)) };
  }

  @Post()
  @HttpCode(200)
  async create(
    @Req() request: FastifyRequest,
    @ValidBody(FlavorCreateBody) { flavor }: FlavorCreateBody,
  ): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-flavor-manage:create');
    const args: FlavorCreateArgs = {
      ...(flavor.id === undefined || flavor.id === null ? {} : { id: flavor.id }),
      name: flavor.name,
      vcpus: flavor.vcpus,
      ram: flavor.ram,
      disk: flavor.disk,
      ephemeral: flavor['OS-FLV-EXT-DATA:ephemeral'] ?? 0,
      swap: flavor.swap ?? 0,
      rxtx_factor: flavor.rxtx_factor ?? 1,
      is_public: flavor['os-flavor-access:is_public'] ?? true,
      ...(flavor.description === undefined ? {} : { description: flavor.description }),
    };
    const made = Flavor.unwrap(await this.#conductor.call(request, 'flavor_create', args));
    return { flavor: flavorDetail(made, this.#view(request)) };
  }

  @Delete(':id')
  @HttpCode(202)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-flavor-manage:delete');
    await this.#conductor.call(request, 'flavor_delete', { id });
  }

  @Get(':id/os-extra_specs')
  async extraSpecs(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-flavor-extra-specs:index');
    return { extra_specs: (await this.#flavor(request, id)).extra_specs };
  }

  @Get(':id/os-extra_specs/:key')
  async extraSpec(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('key') key: string,
  ): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-flavor-extra-specs:show');
    const { extra_specs: specs } = await this.#flavor(request, id);
    if (!Object.hasOwn(specs, key)) {
      throw new Fault(404, `Flavor ${id} has no extra specs with key ${key}.`, { code: 'NotFound' });
    }
    return { [key]: specs[key] };
  }

  async #flavor(request: FastifyRequest, id: string): Promise<FlavorData> {
    return Flavor.unwrap(await this.#conductor.call(request, 'flavor_get', { id }));
  }

  async #page(request: FastifyRequest): Promise<Page<FlavorData>> {
    const query = queryOf(request);
    const isPublic = visibility(query, contextOf(request).is_admin);
    const minDisk = minimum(query, 'minDisk');
    const minRam = minimum(query, 'minRam');
    const args: FlavorListArgs = {
      ...pageOf(query, this.#edge.settings.maxLimit),
      ...sortOf(query, SORT_KEYS),
      ...(isPublic === undefined ? {} : { is_public: isPublic }),
      ...(minDisk === undefined ? {} : { min_disk: minDisk }),
      ...(minRam === undefined ? {} : { min_ram: minRam }),
    };
    return FlavorPage.unwrap(await this.#conductor.call(request, 'flavor_list', args));
  }

  #view(request: FastifyRequest): FlavorViewContext {
    const version = request.edge.microversion ?? 1;
    const { policy, settings } = this.#edge;
    return {
      version,
      links: new ResourceLinks(request, settings.computeLinkPrefix),
      showExtraSpecs: version >= 61 && policy.allows(request, 'os_compute_api:os-flavor-extra-specs:index'),
    };
  }
}

/** `is_public`: administrators may ask for `None` (both kinds), others always get what they may use. */
function visibility(query: Query, isAdmin: boolean): boolean | null | undefined {
  const text = lastOf(query, 'is_public');
  if (!isAdmin) return undefined;
  if (text === undefined) return true;
  if (text.toLowerCase() === 'none') return null;
  const value = booleanOf(text);
  if (value === undefined) {
    throw new Fault(400, `Invalid is_public filter [${text.slice(0, 64)}]`, { code: 'InvalidInput' });
  }
  return value;
}

function minimum(query: Query, name: 'minDisk' | 'minRam'): number | undefined {
  try {
    return wholeNumber(query, name);
  } catch (cause) {
    const shown = String(lastOf(query, name)).slice(0, 64);
    throw new Fault(400, `Invalid ${name} filter [${shown}]`, { code: 'InvalidInput', cause });
  }
}
