import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { MetadefItemCalls } from './metadef-items.js';

/** `/v2/metadefs/namespaces/{namespace}/objects`. */
@Controller('v2/metadefs/namespaces/:namespace/objects')
export class ObjectsController {
  constructor(@Inject(MetadefItemCalls) private readonly items: MetadefItemCalls) {}

  @Get()
  @AuthorizeObject('get_metadef_objects')
  async list(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    const found = await this.items.list(request, namespace, 'object');
    return { objects: found, schema: '/v2/schemas/metadefs/objects' };
  }

  @Post()
  @AuthorizeObject('add_metadef_object')
  create(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    return this.items.create(request, namespace, 'object');
  }

  @Get(':name')
  @AuthorizeObject('get_metadef_object')
  show(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.show(request, namespace, 'object', name);
  }

  @Put(':name')
  @AuthorizeObject('modify_metadef_object')
  update(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.update(request, namespace, 'object', name);
  }

  @Delete(':name')
  @HttpCode(204)
  @AuthorizeObject('delete_metadef_object')
  remove(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<void> {
    return this.items.remove(request, namespace, 'object', name);
  }

  @Delete()
  @HttpCode(204)
  @AuthorizeObject('delete_metadef_namespace')
  clear(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<void> {
    return this.items.clear(request, namespace, 'object');
  }
}
