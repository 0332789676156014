import { Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Image, ImagePage } from '#libs/contracts';
import type { ImageData } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
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
  @Authorize('get_images')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    const { args, impossible } = parseImagesQuery(query, this.edge.settings.maxLimit);
    if (impossible) return imagesPageView(query, { objects: [], next_marker: null });
    return imagesPageView(query, ImagePage.unwrap(await this.images.call(request, 'image_list', args)));
  }

  @Post()
  @Authorize('add_image')
  create(): never {
    throw notAllowed('add_image');
  }

  @Get(':id')
  @AuthorizeObject('get_image')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return imageView(await this.#image(request, id));
  }

  @Patch(':id')
  @AuthorizeObject('get_image')
  async update(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('modify_image');
  }

  @Delete(':id')
  @AuthorizeObject('get_image')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('delete_image');
  }

  /** The records have no data behind them. */
  @Get(':id/file')
  @AuthorizeObject('get_image')
  async download(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('download_image');
  }

  @Put(':id/file')
  @AuthorizeObject('get_image')
  async upload(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('upload_image');
  }

  @Put(':id/tags/:tag')
  @AuthorizeObject('get_image')
  async tag(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('modify_image');
  }

  @Delete(':id/tags/:tag')
  @AuthorizeObject('get_image')
  async untag(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('modify_image');
  }

  /** Only an image that is shared has a list of members, and nobody can be put on it here. */
  @Get(':id/members')
  @AuthorizeObject('get_image')
  async members(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const { visibility } = await this.#image(request, id);
    if (visibility !== 'shared') throw notAllowed('get_members');
    return { members: [], schema: '/v2/schemas/members' };
  }

  @Post(':id/members')
  @AuthorizeObject('get_image')
  async addMember(@Req() request: FastifyRequest, @Param('id') id: string): Promise<never> {
    await this.#image(request, id);
    throw notAllowed('add_member');
  }

  /** A name is tried as an id first, so what cannot be an id is not found either. */
  async #image(request: FastifyRequest, id: string): Promise<ImageData> {
    if (id.length > LONGEST_ID || id.includes('\0')) throw imageNotFound(id);
    return Image.unwrap(await this.images.call(request, 'image_get', { id }));
  }
}
