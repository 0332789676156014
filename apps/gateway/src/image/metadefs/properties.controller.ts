import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { MetadefItemCalls } from './metadef-items.js';

/** `/v2/metadefs/namespaces/{namespace}/properties`. */
@Controller('v2/metadefs/namespaces/:namespace/properties')
export class PropertiesController {
  constructor(@Inject(MetadefItemCalls) private readonly items: MetadefItemCalls) {}

  @Get()
  @AuthorizeObject('get_metadef_properties')
  async list(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    const found = await this.items.list(request, namespace, 'property');
    return { properties: found };
  }

  @Post()
  @AuthorizeObject('add_metadef_property')
  create(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    return this.items.create(request, namespace, 'property');
  }

  @Get(':name')
  @AuthorizeObject('get_metadef_property')
  show(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.show(request, namespace, 'property', name);
  }

  @Put(':name')
  @AuthorizeObject('modify_metadef_property')
  update(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.update(request, namespace, 'property', name);
  }

  @Delete(':name')
  @HttpCode(204)
  @AuthorizeObject('remove_metadef_property')
  remove(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<void> {
    return this.items.remove(request, namespace, 'property', name);
  }

  @Delete()
  @HttpCode(204)
  @AuthorizeObject('delete_metadef_namespace')
  clear(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<void> {
    return this.items.clear(request, namespace, 'property');
  }
}
