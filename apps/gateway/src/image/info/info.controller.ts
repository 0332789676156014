import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImageUsage } from '#libs/contracts';
import { AnyToken, Authorize } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { importMethods } from './import-methods.js';

/** `/v2/info`: the import methods, the stores, and a project's usage. */
@Controller('v2/info')
export class InfoController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(Edge) private readonly edge: Edge,
  ) {}

  @Get('import')
  @AnyToken()
  importMethods(): object {
    return {
      'import-methods': {
        description: 'Import methods available.',
        type: 'array',
        value: importMethods(this.edge.imageStores),
      },
    };
  }

  @Get('stores')
  @AnyToken()
  stores(): object {
    return { stores: this.#stores() };
  }

  @Get('stores/detail')
  @Authorize('stores_info_detail')
  storesInDetail(): object {
    const details = this.edge.imageStores.all.map(({ kind, weight, properties }) => ({
      type: kind,
      weight,
      properties,
    }));
    return { stores: this.#stores().map((store, index) => ({ ...store, ...details[index] })) };
  }

  @Get('usage')
  @AnyToken()
  async usage(@Req() request: FastifyRequest): Promise<object> {
    const { usage } = ImageUsage.unwrap(await this.images.call(request, 'image_usage_get', null));
    return { usage };
  }

  #stores(): object[] {
    const { all, default: first } = this.edge.imageStores;
    return all.map(({ id, kind, description }) => ({
      id,
      ...(description === undefined ? {} : { description }),
      ...(id === first.id ? { default: 'true' } : {}),
      ...(kind === 'http' ? { 'read-only': 'true' } : {}),
    }));
  }
}
