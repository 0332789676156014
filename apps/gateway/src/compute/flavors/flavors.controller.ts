import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Flavor, declarationOf } from '#libs/contracts';
import type { FlavorCreateArgs, FlavorData, FlavorListArgs, Page } from '#libs/contracts';
import { AnyToken, Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { booleanOf, lastOf, queryOf, wholeNumber } from '../../edge/query/query.js';
import type { Query } from '../../edge/query/query.js';
import { contextOf } from '../../edge/request-state.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { Pages, sortOf } from '../paging.js';
import { CreateBody } from '../resource/resource-body.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { sortKeysOf } from '../resource/resource-view.js';
import { FlavorViews, flavorDetail, flavorSummary } from './flavor-views.js';
import { versionOf } from '../versions/microversion.js';

const flavors = declarationOf(Flavor);

/** `/flavors`. */
@Controller('v2.1/flavors')
export class FlavorsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly reader: ResourceReader,
    private readonly pages: Pages,
    private readonly views: FlavorViews,
  ) {}

  @Get()
  @AnyToken()
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const view = this.views.of(request);
    const shown = page.objects.map((flavor) => flavorSummary(flavor, view));
    return { flavors: shown, ...this.pages.next(request, 'flavors', 'flavors', page.next_marker) };
  }

  @Get('detail')
  @AnyToken()
  async detail(@Req() request: FastifyRequest): Promise<unknown> {
    const page = await this.#page(request);
    const view = this.views.of(request);
    const shown = page.objects.map((flavor) => flavorDetail(flavor, view));
    return { flavors: shown, ...this.pages.next(request, 'flavors', 'flavors/detail', page.next_marker) };
  }

  @Get(':id')
  @AnyToken()
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { flavor: flavorDetail(await this.#flavor(request, id), this.views.of(request)) };
  }

  @Post()
  @Authorize('os_compute_api:os-flavor-manage:create')
  @HttpCode(200)
  async create(@Req() request: FastifyRequest, @CreateBody(Flavor) args: FlavorCreateArgs): Promise<unknown> {
    const made = flavors.object.unwrap(await this.conductor.call(request, 'flavor_create', args));
    return { flavor: flavorDetail(made, this.views.of(request)) };
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

  #page(request: FastifyRequest): Promise<Page<FlavorData>> {
    const query = queryOf(request);
    const isPublic = visibility(query, contextOf(request).is_admin);
    const version = versionOf(request);
    const name = version >= 102 ? lastOf(query, 'name') : undefined;
    const minDisk = minimum(query, 'minDisk');
    const minRam = minimum(query, 'minRam');
    const args: FlavorListArgs = {
      ...this.pages.asked(request),
      ...sortOf(query, sortKeysOf(Flavor, version)),
      ...(isPublic === undefined ? {} : { is_public: isPublic }),
      ...(name === undefined ? {} : { name }),
      ...(minDisk === undefined ? {} : { min_disk: minDisk }),
      ...(minRam === undefined ? {} : { min_ram: minRam }),
    };
    return this.reader.list(request, Flavor, args);
  }
}

/** `is_public`: administrators may request `None` (both kinds); others always get the flavors that they may use. */
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
