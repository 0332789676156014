import { Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Image, ImagePage } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { imageNotFound, notAllowed } from '../errors/glance-faults.js';
import { imagesPageView } from './images-page.view.js';
import { parseImagesQuery } from './images-query.js';
import type { RawQuery } from './images-query.js';
import { imageView } from './images.view.js';

const LONGEST_ID = 255;

/**
 * `/v2/images`. Images come from the configuration, so everything that changes one is refused as glance refuses what
 * its policy denies: an unknown image is 404 before that.
 */
@Controller('v2/images')
export class ImagesController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(Edge) private readonly edge: Edge,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    this.#authorize(request, 'get_images');
    const { args, impossible } = parseImagesQuery(query, this.edge.settings.maxLimit);
    if (impossible) return imagesPageView(query, { objects: [], next_marker: null });
    return imagesPageView(query, ImagePage.unwrap(await this.images.call(request, 'image_list', args)));
  }

  @Post()
  create(): never {
    throw notAllowed('add_image');
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return imageView(await this.#image(request, id));
  }

  @Patch(':id')
  async update(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('modify_image');
  }

  @Delete(':id')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('delete_image');
  }

  /** The records have no data behind them. */
  @Get(':id/file')
  async download(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('download_image');
  }

  @Put(':id/file')
  async upload(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('upload_image');
  }

  @Put(':id/tags/:tag')
  async tag(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('modify_image');
  }

  @Delete(':id/tags/:tag')
  async untag(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('modify_image');
  }

  /** Only an image that is shared has a list of members, and nobody can be put on it here. */
  @Get(':id/members')
  async members(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const { visibility } = await this.#image(request, id);
    if (visibility !== 'shared') throw notAllowed('get_members');
    return { members: [], schema: '/v2/schemas/members' };
  }

  @Post(':id/members')
  async addMember(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('add_member');
  }

  /** A name is tried as an id first, so what cannot be an id is not found either. */
  async #image(request: FastifyRequest, id: string): Promise<ImageData> {
    if (id.length > LONGEST_ID || id.includes('\0')) throw imageNotFound(id);
    return Image.unwrap(await this.images.call(request, 'image_get', { id }));
  }

  #authorize(request: FastifyRequest, rule: string): void {
    if (!this.edge.policy.allows(request, rule)) throw notAllowed(rule);
  }
}
