import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImageTaskPage, isRecord } from '#libs/contracts';
import type { ImageImportArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import { importMethods } from '../info/import-methods.js';
import type { ImportMethod } from '../info/import-methods.js';
import { imageTaskView } from '../tasks/tasks.controller.js';
import { imageIdOf } from './image-id.js';

/** Data that the service fetches itself, and the tasks that do this. */
@Controller('v2/images/:id')
export class ImageImportController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(Edge) private readonly edge: Edge,
  ) {}

  @Post('import')
  @HttpCode(202)
  @AuthorizeObject(['modify_image', 'copy_image'])
  async import(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    const args = readImport(request.body, request.headers['x-image-meta-store'], importMethods(this.edge.imageStores));
    await this.images.call(request, 'image_import', { id: imageIdOf(id), ...args });
  }

  @Get('tasks')
  @AuthorizeObject('get_image')
  async tasks(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const found = await this.images.call(request, 'image_tasks_get', { id: imageIdOf(id) });
    return { tasks: ImageTaskPage.unwrap(found).objects.map(imageTaskView) };
  }
}

/** `{"method": {"name": "web-download", "uri": …}, "stores": […]}`. Throws Fault 400. */
function readImport(
  body: unknown,
  storeHeader: unknown,
  methods: readonly ImportMethod[],
): Omit<ImageImportArgs, 'id'> {
  if (body === undefined) throw badRequest('Body expected in request.');
  if (!isRecord(body)) throw badRequest('Malformed JSON in request body.');
  const { method, stores, all_stores: all = false, all_stores_must_succeed: mustSucceed = true } = body;
  if (!isRecord(method)) throw badRequest("Import request requires a 'method' field.");
  const { name, uri } = method;
  if (name === undefined) throw badRequest("Import request requires a 'name' field.");
  const known = methods.find((each) => each === name);
  if (known === undefined) throw badRequest(`Unknown import method name '${shortText(name)}'.`);
  if (typeof mustSucceed !== 'boolean') throw badRequest("'all_stores_must_succeed' must be boolean value only");
  if (typeof all !== 'boolean') throw badRequest("'all_stores' must be boolean value only");
  if (all && (stores !== undefined || storeHeader !== undefined)) {
    throw badRequest("All_stores parameter can't be used with x-image-meta-store header or stores parameter");
  }
  if (stores !== undefined && storeHeader !== undefined) {
    throw badRequest("Stores parameter and x-image-meta-store header can't be both specified");
  }
  if (stores !== undefined && !(Array.isArray(stores) && stores.every((store) => typeof store === 'string'))) {
    throw badRequest("'stores' must be a list of store identifiers");
  }
  const named = Array.isArray(stores) ? stores.map(String) : typeof storeHeader === 'string' ? [storeHeader] : null;
  return {
    method: known,
    uri: typeof uri === 'string' ? uri.slice(0, 4096) : null,
    stores: named,
    all_stores: all,
    request: body,
  };
}

function shortText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : '';
}
