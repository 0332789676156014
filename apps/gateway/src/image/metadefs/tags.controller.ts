import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { badRequest } from '../errors/glance-faults.js';
import { readItem, recordOf } from './metadef-bodies.js';
import { MetadefItemCalls } from './metadef-items.js';

/** `/v2/metadefs/namespaces/{namespace}/tags`. */
@Controller('v2/metadefs/namespaces/:namespace/tags')
export class TagsController {
  constructor(@Inject(MetadefItemCalls) private readonly items: MetadefItemCalls) {}

  @Get()
  @AuthorizeObject('get_metadef_tags')
  async list(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    const found = await this.items.list(request, namespace, 'tag');
    return { tags: found };
  }

  /** All of them at once; `X-OpenStack-Append: true` keeps the existing ones. */
  @Post()
  @AuthorizeObject('add_metadef_tags')
  async createAll(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    const { tags } = recordOf(request.body);
    if (!Array.isArray(tags)) throw badRequest("Provided object does not match schema 'tags': 'tags' is no list");
    const items = tags.map((tag: unknown) => readItem('tag', recordOf(tag)));
    const appends = /^(1|t|true|on|y|yes)$/i.test(String(request.headers['x-openstack-append'] ?? ''));
    await this.items.createAll(request, namespace, 'tag', items, appends ? 'append' : 'replace');
    return { tags: items.map(({ name }) => ({ name })) };
  }

  @Post(':name')
  @AuthorizeObject('add_metadef_tag')
  create(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.create(request, namespace, 'tag', name);
  }

  @Get(':name')
  @AuthorizeObject('get_metadef_tag')
  show(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.show(request, namespace, 'tag', name);
  }

  @Put(':name')
  @AuthorizeObject('modify_metadef_tag')
  update(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<object> {
    return this.items.update(request, namespace, 'tag', name);
  }

  @Delete(':name')
  @HttpCode(204)
  @AuthorizeObject('delete_metadef_tag')
  remove(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
  ): Promise<void> {
    return this.items.remove(request, namespace, 'tag', name);
  }

  @Delete()
  @HttpCode(204)
  @AuthorizeObject(['delete_metadef_namespace', 'delete_metadef_tags'])
  clear(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<void> {
    return this.items.clear(request, namespace, 'tag');
  }
}
