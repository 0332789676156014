import { Controller, Get, HttpCode, Inject, Param, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImageSource } from '#libs/contracts';
import { ImageStoreError } from '#libs/imagestore';
import { ImageOptions } from '#libs/options';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { addRouteConfig } from '../../edge/access/route-config.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { imageIdOf } from '../images/image-id.js';
import { watchProgress } from './idle-limit.js';
import { ImageReceiver } from './image-receiver.js';
import type { ByteRange } from '#libs/imagestore';

const StreamsBody = (): MethodDecorator => addRouteConfig({ streamsBody: true });

/** The bytes of images (glance.api.v2.image_data): from a client to a store and back, never buffered here. */
@Controller('v2/images/:id')
export class ImageDataController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(Edge) private readonly edge: Edge,
    @Inject(ImageReceiver) private readonly receiver: ImageReceiver,
    @Inject(ImageOptions) private readonly options: ImageOptions,
  ) {}

  @Put('file')
  @HttpCode(204)
  @StreamsBody()
  @AuthorizeObject('upload_image')
  async upload(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.receiver.receive(request, imageIdOf(id), 'upload');
  }

  @Put('stage')
  @HttpCode(204)
  @StreamsBody()
  @AuthorizeObject('modify_image')
  async stage(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.receiver.receive(request, imageIdOf(id), 'stage');
  }

  /** 204 for an image without data, 206 for a range of it. */
  @Get('file')
  @AuthorizeObject('download_image')
  async download(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    const located = await this.images.call(request, 'image_data_locate', { id: imageIdOf(id) });
    const { image, store: storeId, key } = ImageSource.unwrap(located);
    if (storeId === null || key === null || image.size === null) {
      await reply.code(204).send();
      return;
    }
    const store = this.edge.imageStores.find(storeId);
    if (store === undefined) {
      throw new Fault(503, `The image store ${storeId} is not available here.`, { code: 'StoreUnavailable' });
    }
    const range = image.size === 0 ? undefined : requestedRange(request.headers, image.size);
    const bytes = await store.read(key, range).catch((error: unknown) => {
      if (!(error instanceof ImageStoreError)) throw error;
      // glance's response for data that is missing in its store.
      if (error.code === 'ObjectMissing') return null;
      throw new Fault(503, error.message, { code: error.code, cause: error });
    });
    if (bytes === null) {
      await reply.code(204).send();
      return;
    }
    const stopWatching = watchProgress(request.raw.socket, this.options.dataIdleTimeout * 1000);
    bytes.once('close', stopWatching);
    reply.header('content-type', 'application/octet-stream');
    reply.header('content-length', range === undefined ? image.size : range.end - range.start + 1);
    if (image.checksum !== null) reply.header('content-md5', image.checksum);
    if (range !== undefined) {
      reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${image.size}`);
    }
    await reply.send(bytes);
  }
}

function notSatisfiable(message: string): Fault {
  return new Fault(416, message, { code: 'RangeNotSatisfiable' });
}

/**
 * The single range of a download, or undefined for all of it: `Range: bytes=0-4`, `bytes=5-`, `bytes=-5`; also a
 * request's `Content-Range: bytes 0-4/10`, which glance still accepts.
 * @param size bytes of the image
 * @throws Fault 416 for several ranges, for an invalid one, and for one that begins after the end
 */
function requestedRange(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  size: number,
): ByteRange | undefined {
  const range = headers['range'];
  if (typeof range === 'string') return parseRange(range, size);
  const content = headers['content-range'];
  if (typeof content !== 'string') return undefined;
  const [, first, last] = /^\s*bytes[\s=](\d{1,15})-(\d{1,15})\/(?:\d{1,15}|\*)\s*$/i.exec(content) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (first === undefined || last === undefined || start > end || end >= size) {
    throw notSatisfiable('Malformed Content-Range header.');
  }
  return { start, end };
}

function parseRange(text: string, size: number): ByteRange {
  if (text.includes(',')) throw notSatisfiable('Requests with multiple ranges are not supported in Glance.');
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(text) ?? [];
  if (first === '' && last === '') throw notSatisfiable('Malformed Range header.');
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  const isBackwards = first !== '' && last !== '' && Number(last) < start;
  if (isBackwards || start >= size) throw notSatisfiable(`The range cannot be satisfied by ${size} bytes.`);
  return { start, end };
}
