import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImageLocations, isRecord } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import { imageIdOf } from '../images/image-id.js';

/** In which stores the data of an image lies. */
@Controller('v2')
export class LocationsController {
  constructor(@Inject(ImageClient) private readonly images: ImageClient) {}

  @Get('images/:id/locations')
  @AuthorizeObject('fetch_image_location')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const found = await this.images.call(request, 'image_locations_get', { id: imageIdOf(id) });
    return ImageLocations.unwrap(found).locations.map(({ url, store }) => ({ url, metadata: { store } }));
  }

  @Post('images/:id/locations')
  @HttpCode(202)
  @AuthorizeObject('add_image_location')
  async add(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    if (request.body === undefined) throw badRequest('Body expected in request.');
    const url = isRecord(request.body) ? request.body['url'] : undefined;
    if (typeof url !== 'string') {
      throw badRequest("Provided object does not match schema 'location': 'url' is a required property");
    }
    await this.images.call(request, 'image_location_add', { id: imageIdOf(id) });
  }

  @Delete('stores/:store/:image')
  @HttpCode(204)
  @AuthorizeObject(['get_image_location', 'delete_image_location'])
  async remove(
    @Req() request: FastifyRequest,
    @Param('store') store: string,
    @Param('image') id: string,
  ): Promise<void> {
    const place = store.replaceAll('\0', '').slice(0, 255);
    await this.images.call(request, 'image_store_delete', { id: imageIdOf(id), store: place });
  }
}
