import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { MetadefItemCalls } from './metadef-items.js';

/** `/v2/metadefs/namespaces/{namespace}/resource_types`: the resource types of a namespace. */
@Controller('v2/metadefs/namespaces/:namespace/resource_types')
export class ResourceTypesController {
  constructor(@Inject(MetadefItemCalls) private readonly items: MetadefItemCalls) {}

  @Get()
  @AuthorizeObject(['list_metadef_resource_types', 'get_metadef_resource_type'])
  async list(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    const found = await this.items.list(request, namespace, 'resource_type');
    return { resource_type_associations: found };
  }

  @Post()
  @AuthorizeObject('add_metadef_resource_type_association')
  create(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    return this.items.create(request, namespace, 'resource_type');
  }

  @Delete(':name')
  @HttpCode(204)
  @AuthorizeObject('remove_metadef_resource_type_association')
  remove(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<void> {
    return this.items.remove(request, namespace, 'resource_type', name);
  }
}
