import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Flavor, declarationOf } from '#libs/contracts';
import type { FlavorCreateArgs, FlavorData, FlavorListArgs, Page } from '#libs/contracts';
import { ApiOptions } from '#libs/options';
import { AnyToken, Authorize } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { booleanOf, lastOf, queryOf, wholeNumber } from '../../edge/query/query.js';
import type { Query } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { nextLinks, pageOf, sortOf } from '../paging.js';
import { ResourceLinks } from '../resource-links.js';
import { CreateBody } from '../resource/resource-body.js';
import { sortKeysOf } from '../resource/resource-view.js';
import { flavorDetail, flavorSummary } from './flavor.view.js';
import type { FlavorViewContext } from './flavor.view.js';
import { versionOf } from '../versions/microversion.js';

const flavors = declarationOf(Flavor);

/** `/flavors`. */
@Controller('v2.1/flavors')
export class FlavorsController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Get()
  @AnyToken()
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const view = this.#view(request);
    const shown = page.objects.map((flavor) => flavorSummary(flavor, view));
    return { flavors: shown, ...nextLinks('flavors', 'flavors', request, view.links, page.next_marker) };
  }

  @Get('detail')
  @AnyToken()
  async detail(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const view = this.#view(request);
    const shown = page.objects.map((flavor) => flavorDetail(flavor, view));
    return { flavors: shown, ...nextLinks('flavors', 'flavors/detail', request, view.links, page.next_marker) };
  }

  @Get(':id')
  @AnyToken()
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { flavor: flavorDetail(await this.#flavor(request, id), this.#view(request)) };
  }

  @Post()
  @Authorize('os_compute_api:os-flavor-manage:create')
  @HttpCode(200)
  async create(@Req() request: FastifyRequest, @CreateBody(Flavor) args: FlavorCreateArgs): Promise<unknown> {
    const made = flavors.object.unwrap(await this.conductor.call(request, 'flavor_create', args));
    return { flavor: flavorDetail(made, this.#view(request)) };
  }

  @Delete(':id')
  @Authorize('os_compute_api:os-flavor-manage:delete')
  @HttpCode(202)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.conductor.call(request, 'flavor_delete', { id });
  }

  @Get(':id/os-extra_specs')
  @Authorize('os_compute_api:os-flavor-extra-specs:index')
  async extraSpecs(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { extra_specs: (await this.#flavor(request, id)).extra_specs };
  }

  @Get(':id/os-extra_specs/:key')
  @Authorize('os_compute_api:os-flavor-extra-specs:show')
  async extraSpec(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('key') key: string,
  ): Promise<unknown> {
    const { extra_specs: specs } = await this.#flavor(request, id);
    if (!Object.hasOwn(specs, key)) {
      throw new Fault(404, `Flavor ${id} has no extra specs with key ${key}.`, { code: 'NotFound' });
    }
    return { [key]: specs[key] };
  }

  async #flavor(request: FastifyRequest, id: string): Promise<FlavorData> {
    return flavors.object.unwrap(await this.conductor.call(request, 'flavor_get', { id }));
  }

  async #page(request: FastifyRequest): Promise<Page<FlavorData>> {
    const query = queryOf(request);
    const isPublic = visibility(query, contextOf(request).is_admin);
    const version = versionOf(request);
    const name = version >= 102 ? lastOf(query, 'name') : undefined;
    const minDisk = minimum(query, 'minDisk');
    const minRam = minimum(query, 'minRam');
    const args: FlavorListArgs = {
      ...pageOf(query, this.api.maxLimit),
      ...sortOf(query, sortKeysOf(Flavor, version)),
      ...(isPublic === undefined ? {} : { is_public: isPublic }),
      ...(name === undefined ? {} : { name }),
      ...(minDisk === undefined ? {} : { min_disk: minDisk }),
      ...(minRam === undefined ? {} : { min_ram: minRam }),
    };
    return flavors.page.unwrap(await this.conductor.call(request, 'flavor_list', args));
  }

  #view(request: FastifyRequest): FlavorViewContext {
    const version = versionOf(request);
    const { policy } = this.edge;
    return {
      version,
      links: new ResourceLinks(request, this.api.computeLinkPrefix),
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
