import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Image, Limits } from '#libs/contracts';
import type { ImageChange } from '#libs/contracts';
import { AnyToken } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient, ImageClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { MetadataBody, MetadataItemBody, checkItemOfPath } from '../servers/server-metadata.controller.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { findImage } from './find-image.js';

/** The last microversion 2.N that has them. */
const LAST = 38;

type Properties = Readonly<Record<string, string>>;

/** `/images/{id}/metadata` below 2.39: the properties of an image. */
@Controller('v2.1/images/:id/metadata')
export class ImageMetadataController {
  constructor(
    private readonly client: ImageClient,
    private readonly conductor: ConductorClient,
  ) {}

  @Get()
  @Microversions(1, LAST)
  @AnyToken()
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { metadata: await this.#properties(request, id) };
  }

  @Get(':key')
  @Microversions(1, LAST)
  @AnyToken()
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Param('key') key: string): Promise<unknown> {
    const properties = await this.#properties(request, id);
    if (!Object.hasOwn(properties, key)) {
      throw new Fault(404, 'The resource could not be found.', { code: 'NotFound' });
    }
    return { meta: { [key]: properties[key] } };
  }

  @Post()
  @Microversions(1, LAST)
  @AnyToken()
  @HttpCode(200)
  async add(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(MetadataBody) { metadata }: MetadataBody,
  ): Promise<unknown> {
    const before = await this.#properties(request, id);
    return { metadata: await this.#change(request, id, before, { ...before, ...metadata }) };
  }

  @Put()
  @Microversions(1, LAST)
  @AnyToken()
  async replace(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(MetadataBody) { metadata }: MetadataBody,
  ): Promise<unknown> {
    await this.#change(request, id, await this.#properties(request, id), metadata);
    return { metadata };
  }

  @Put(':key')
  @Microversions(1, LAST)
  @AnyToken()
  async set(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('key') key: string,
    @ValidBody(MetadataItemBody) { meta }: MetadataItemBody,
  ): Promise<unknown> {
    checkItemOfPath(meta, key);
    const before = await this.#properties(request, id);
    await this.#change(request, id, before, { ...before, ...meta });
    return { meta };
  }

  @Delete(':key')
  @Microversions(1, LAST)
  @AnyToken()
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string, @Param('key') key: string): Promise<void> {
    const before = await this.#properties(request, id);
    if (!Object.hasOwn(before, key)) throw new Fault(404, 'Invalid metadata key', { code: 'NotFound' });
    const { [key]: _removed, ...after } = before;
    await this.#change(request, id, before, after);
  }

  async #properties(request: FastifyRequest, id: string): Promise<Properties> {
    return (await findImage(this.client, request, id)).properties;
  }

  async #change(request: FastifyRequest, id: string, before: Properties, after: Properties): Promise<Properties> {
    const { max_server_metadata: limit } = Limits.unwrap(await this.conductor.call(request, 'limits_get', null));
    if (limit >= 0 && Object.keys(after).length > limit) {
      throw new Fault(403, 'Image metadata limit exceeded', { code: 'QuotaExceeded' });
    }
    const changes: ImageChange[] = [
      ...Object.keys(before)
        .filter((name) => !Object.hasOwn(after, name))
        .map((name): ImageChange => ({ op: 'remove', name })),
      ...Object.entries(after)
        .filter(([name, value]) => before[name] !== value)
        .map(([name, value]): ImageChange => ({ op: Object.hasOwn(before, name) ? 'replace' : 'add', name, value })),
    ];
    if (changes.length === 0) return before;
    return Image.unwrap(await this.client.call(request, 'image_update', { id, changes })).properties;
  }
}
