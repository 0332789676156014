import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImageLocations, isRecord, shownValue } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import { imageIdOf } from '../images/image-id.js';

/** The stores that contain the data of an image. */
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
    const { url, digest } = readLocation(request.body);
    await this.images.call(request, 'image_location_add', { id: imageIdOf(id), url, ...digest });
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

const ALGORITHMS = ['sha1', 'sha256', 'sha512', 'md5'];

/** `{"url": …, "validation_data": {"os_hash_algo": …, "os_hash_value": …}}`. Throws Fault 400. */
function readLocation(body: unknown) {
  if (body === undefined) throw badRequest('Body expected in request.');
  const { url, validation_data: known = {} } = isRecord(body) ? body : {};
  if (url === undefined) throw unfit("'url' is a required property");
  if (typeof url !== 'string') throw unfit(`${shownValue(url)} is not of type 'string'`);
  if (url.includes('\0') || url.length > 65_535) throw badRequest('Invalid location');
  if (!isRecord(known)) throw unfit(`${shownValue(known)} is not of type 'object'`);
  const { os_hash_algo: algorithm, os_hash_value: value, ...more } = known;
  const [other] = Object.keys(more);
  if (other !== undefined) throw unfit(`Additional properties are not allowed (${shownValue(other)} was unexpected)`);
  if (algorithm === undefined && value === undefined) return { url, digest: {} };
  if (value === undefined) throw unfit("'os_hash_value' is a dependency of 'os_hash_algo'");
  if (algorithm === undefined) throw unfit("'os_hash_algo' is a dependency of 'os_hash_value'");
  if (typeof algorithm !== 'string' || !ALGORITHMS.includes(algorithm)) {
    throw unfit(`${shownValue(algorithm)} is not one of ['sha1', 'sha256', 'sha512', 'md5']`);
  }
  if (typeof value !== 'string') throw unfit(`${shownValue(value)} is not of type 'string'`);
  if (value.length > 128) throw unfit(`${shownValue(value)} is too long`);
  if (!/^(?:[0-9a-f]{2})+$/i.test(value)) {
    throw badRequest(`os_hash_value (${value}) is not a valid hexadecimal value`);
  }
  return { url, digest: { os_hash_algo: algorithm, os_hash_value: value } };
}

function unfit(reason: string) {
  return badRequest(`Provided object does not match schema 'location': ${reason}`);
}
