import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Aggregate, declarationOf } from '#libs/contracts';
import type { AggregateChangeArgs, AggregateData, InputOf } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody, validateBody } from '../../edge/validation/valid-body.decorator.js';
import { noSuchAction, theOneEntry } from '../servers/server-actions.controller.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { CreateBody, UpdateBody } from '../resource/resource-body.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { resourceView } from '../resource/resource-view.js';
import { AggregateHostBody, AggregateImagesBody, AggregateMetadataBody } from './aggregate.dto.js';
import { versionOf } from '../versions/microversion.js';

/** The fields that requests may set. */
type Changes = Pick<InputOf<Aggregate>, 'name' | 'availability_zone'>;

const ACTIONS = ['add_host', 'remove_host', 'set_metadata'] as const;
type Action = (typeof ACTIONS)[number];

/** `/os-aggregates`. */
@Controller('v2.1/os-aggregates')
export class AggregatesController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly reader: ResourceReader,
    private readonly edge: Edge,
  ) {}

  @Get()
  @Authorize('os_compute_api:os-aggregates:index')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const { objects } = await this.reader.list(request, Aggregate);
    return { aggregates: objects.map((aggregate) => view(request, aggregate)) };
  }

  @Get(':id')
  @Authorize('os_compute_api:os-aggregates:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { aggregate: view(request, await this.#one(request, id)) };
  }

  @Post()
  @Authorize('os_compute_api:os-aggregates:create')
  @HttpCode(200)
  async create(@Req() request: FastifyRequest, @CreateBody(Aggregate) fields: Changes): Promise<unknown> {
    const made = await this.#change(request, { change: 'create', ...fields });
    return { aggregate: view(request, made, 'created') };
  }

  @Put(':id')
  @Authorize('os_compute_api:os-aggregates:update')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @UpdateBody(Aggregate) fields: Changes,
  ): Promise<unknown> {
    const changed = await this.#change(request, { change: 'update', id: numberOf(id), ...fields });
    return { aggregate: view(request, changed) };
  }

  @Delete(':id')
  @Authorize('os_compute_api:os-aggregates:delete')
  @HttpCode(200)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.#change(request, { change: 'delete', id: numberOf(id) });
  }

  @Post(':id/action')
  @AuthorizeObject([
    'os_compute_api:os-aggregates:add_host',
    'os_compute_api:os-aggregates:remove_host',
    'os_compute_api:os-aggregates:set_metadata',
  ])
  @HttpCode(200)
  async act(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const [key] = theOneEntry(request.body);
    const action = ACTIONS.find((name) => name === key);
    if (action === undefined) throw noSuchAction(key);
    this.edge.policy.authorize(request, `os_compute_api:os-aggregates:${action}`);
    const changed = await this.#change(request, { change: action, id: numberOf(id), ...actionArgs(action, request) });
    return { aggregate: view(request, changed) };
  }

  /** No driver here caches images in advance: the request is checked, and nothing else is done. */
  @Post(':id/images')
  @Microversions(81)
  @Authorize('compute:aggregates:images')
  @HttpCode(202)
  async cache(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(AggregateImagesBody) { cache }: AggregateImagesBody,
  ): Promise<void> {
    numberOf(id);
    if (new Set(cache.map((image) => image.id)).size < cache.length) {
      throw new Fault(400, 'Duplicate images in request', { code: 'InvalidInput' });
    }
    await this.#one(request, id);
  }

  #one(request: FastifyRequest, id: string): Promise<AggregateData> {
    return this.reader.one(request, Aggregate, String(numberOf(id)));
  }

  async #change(request: FastifyRequest, args: AggregateChangeArgs): Promise<AggregateData> {
    return declarationOf(Aggregate).object.unwrap(await this.conductor.call(request, 'aggregate_change', args));
  }
}

function actionArgs(action: Action, request: FastifyRequest): Pick<AggregateChangeArgs, 'host' | 'metadata'> {
  const { microversion: version } = request.edge;
  if (action !== 'set_metadata') {
    const body = validateBody(AggregateHostBody, request.body, version, request.edge);
    const host = body.add_host?.host ?? body.remove_host?.host;
    return host === undefined ? {} : { host };
  }
  const { set_metadata: set } = validateBody(AggregateMetadataBody, request.body, version, request.edge);
  return { metadata: set.metadata };
}

function numberOf(id: string): number {
  if (!/^[+-]?\d{1,15}$/.test(id)) {
    throw new Fault(400, `Invalid input received: id must be an integer`, { code: 'InvalidInput' });
  }
  // A negative id becomes 0, which no aggregate has.
  return Math.max(0, Number(id));
}

function view(request: FastifyRequest, aggregate: AggregateData, form = 'detail'): Record<string, unknown> {
  const { availability_zone: zone = null } = aggregate.metadata;
  const more = { availability_zone: zone, deleted_at: null, deleted: false };
  return resourceView(Aggregate, aggregate, { version: versionOf(request), view: form }, more);
}
