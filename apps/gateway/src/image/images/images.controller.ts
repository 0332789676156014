import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ImageData, Page } from '#libs/contracts';
import { Image, ImagePage, refuseImageValue } from '#libs/contracts';
import { ApiOptions, ImageServiceOptions } from '#libs/options';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import { importMethods } from '../info/import-methods.js';
import { readImageBody } from './image-body.js';
import { imageIdOf } from './image-id.js';
import { readImagePatch } from './image-patch.js';
import { parseImagesQuery } from './images-query.js';
import type { RawQuery } from './page-query.js';
import { pageLinks } from './page-query.js';
import type { LocationsShown } from './images.view.js';
import { imageView } from './images.view.js';

/**
 * A page of images. `first` and `next` are paths that repeat the query, as in glance: a full page has a next one, which
 * may turn out to be empty.
 * @param limit images of a page
 */
export function imagesPageView(query: RawQuery, page: Page<ImageData>, limit: number, shown: LocationsShown): object {
  const last = page.objects.length < limit ? undefined : page.objects.at(-1)?.id;
  const images = page.objects.map((image) => imageView(image, shown));
  return { images, ...pageLinks('/v2/images', query, last), schema: '/v2/schemas/images' };
}

/** `/v2/images`: the records. The ImageDataController handles their bytes. */
@Controller('v2/images')
export class ImagesController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(Edge) private readonly edge: Edge,
    @Inject(ApiOptions) private readonly api: ApiOptions,
    @Inject(ImageServiceOptions) private readonly service: ImageServiceOptions,
  ) {}

  @Get()
  @Authorize('get_images')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    const args = parseImagesQuery(query, this.api.maxLimit);
    const page = ImagePage.unwrap(await this.images.call(request, 'image_list', args));
    return imagesPageView(query, page, args.limit, this.service);
  }

  @Post()
  @AuthorizeObject(['add_image', 'publicize_image', 'communitize_image'])
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const image = Image.unwrap(await this.images.call(request, 'image_create', readImageBody(request.body)));
    reply.header('location', `${baseUrl(request)}/v2/images/${image.id}`);
    reply.header('openstack-image-import-methods', importMethods(this.edge.imageStores).join(','));
    reply.header('openstack-image-store-ids', this.edge.imageStores.all.map(({ id }) => id).join(','));
    return imageView(image, this.service);
  }

  @Get(':id')
  @AuthorizeObject('get_image')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const image = Image.unwrap(await this.images.call(request, 'image_get', { id: imageIdOf(id) }));
    return imageView(image, this.service);
  }

  @Patch(':id')
  @AuthorizeObject([
    'modify_image',
    'publicize_image',
    'communitize_image',
    'get_image_location',
    'set_image_location',
    'delete_image_location',
  ])
  async update(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const { showMultipleLocations: isOpen } = this.service;
    const changes = readImagePatch(request.body, request.headers['content-type'], isOpen);
    const image = Image.unwrap(await this.images.call(request, 'image_update', { id: imageIdOf(id), changes }));
    return imageView(image, this.service);
  }

  @Delete(':id')
  @HttpCode(204)
  @AuthorizeObject('delete_image')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.images.call(request, 'image_delete', { id: imageIdOf(id) });
  }

  @Post(':id/actions/deactivate')
  @HttpCode(204)
  @AuthorizeObject('deactivate')
  async deactivate(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.images.call(request, 'image_action', { id: imageIdOf(id), action: 'deactivate' });
  }

  @Post(':id/actions/reactivate')
  @HttpCode(204)
  @AuthorizeObject('reactivate')
  async reactivate(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.images.call(request, 'image_action', { id: imageIdOf(id), action: 'reactivate' });
  }

  @Put(':id/tags/:tag')
  @HttpCode(204)
  @AuthorizeObject('modify_image')
  async tag(@Req() request: FastifyRequest, @Param('id') id: string, @Param('tag') tag: string): Promise<void> {
    const reason = refuseImageValue('tags', [tag]);
    if (reason !== undefined) throw badRequest(reason);
    await this.images.call(request, 'image_tag', { id: imageIdOf(id), op: 'add', tag });
  }

  @Delete(':id/tags/:tag')
  @HttpCode(204)
  @AuthorizeObject('modify_image')
  async untag(@Req() request: FastifyRequest, @Param('id') id: string, @Param('tag') tag: string): Promise<void> {
    const reason = refuseImageValue('tags', [tag]);
    if (reason !== undefined) throw badRequest(reason);
    await this.images.call(request, 'image_tag', { id: imageIdOf(id), op: 'remove', tag });
  }
}
