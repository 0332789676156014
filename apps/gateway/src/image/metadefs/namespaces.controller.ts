import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MetadefNamespace, MetadefNamespaces, MetadefResourceTypes } from '#libs/contracts';
import { ApiOptions } from '#libs/options';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { ImageClient } from '../../edge/rpc/clients.js';
import { badRequest } from '../errors/glance-faults.js';
import type { RawQuery } from '../images/page-query.js';
import { wholeSeconds } from '../images/images.view.js';
import { lastOf, pageLinks, parsePage } from '../images/page-query.js';
import { nameOf, readNamespace, readParts, recordOf } from './metadef-bodies.js';
import { namespaceView, prefixed } from './metadef.views.js';

const SORT_KEYS = ['created_at', 'updated_at', 'namespace', 'visibility'];
const LIST = '/v2/metadefs/namespaces';

/** `/v2/metadefs/namespaces` and `/v2/metadefs/resource_types`. */
@Controller('v2/metadefs')
export class NamespacesController {
  constructor(
    @Inject(ImageClient) private readonly images: ImageClient,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Get('namespaces')
  @Authorize('get_metadef_namespaces')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    const page = parsePage(query, this.api.maxLimit, SORT_KEYS, []);
    const visibility = lastOf(query, 'visibility');
    if (visibility !== undefined && visibility !== 'public' && visibility !== 'private') {
      throw badRequest(`Invalid visibility value: ${visibility.slice(0, 64)}`);
    }
    const types = lastOf(query, 'resource_types');
    const found = await this.images.call(request, 'metadef_namespace_list', {
      limit: page.limit,
      sort_key: page.sort_keys?.[0] ?? 'created_at',
      sort_dir: page.sort_dirs?.[0] ?? 'desc',
      ...(typeof page.marker === 'string' ? { marker: page.marker } : {}),
      ...(visibility === undefined ? {} : { visibility }),
      ...(types === undefined ? {} : { resource_types: types.split(',') }),
    });
    const { namespaces } = MetadefNamespaces.unwrap(found);
    const last = namespaces.length < page.limit ? undefined : namespaces.at(-1)?.namespace;
    return {
      namespaces: namespaces.map(namespaceView),
      ...pageLinks(LIST, query, last),
      schema: '/v2/schemas/metadefs/namespaces',
    };
  }

  @Post('namespaces')
  @AuthorizeObject([
    'add_metadef_namespace',
    'add_metadef_resource_type_association',
    'add_metadef_object',
    'add_metadef_property',
    'add_metadef_tag',
  ])
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const body = recordOf(request.body);
    const args = { ...readNamespace(body), items: readParts(body) };
    const data = MetadefNamespace.unwrap(await this.images.call(request, 'metadef_namespace_create', args));
    reply.header('location', `${baseUrl(request)}${LIST}/${encodeURIComponent(data.namespace)}`);
    return namespaceView(data);
  }

  @Get('namespaces/:namespace')
  @AuthorizeObject('get_metadef_namespace')
  async show(
    @Req() request: FastifyRequest,
    @Param('namespace') namespace: string,
    @Query() query: RawQuery,
  ): Promise<object> {
    const args = { namespace: nameOf('namespace', namespace) };
    const data = MetadefNamespace.unwrap(await this.images.call(request, 'metadef_namespace_get', args));
    const type = lastOf(query, 'resource_type');
    return namespaceView(type === undefined ? data : prefixed(data, type));
  }

  @Put('namespaces/:namespace')
  @AuthorizeObject('modify_metadef_namespace')
  async update(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
    const args = { ...readNamespace(recordOf(request.body)), namespace: nameOf('namespace', namespace) };
    const data = MetadefNamespace.unwrap(await this.images.call(request, 'metadef_namespace_update', args));
    return namespaceView({ ...data, items: [] });
  }

  @Delete('namespaces/:namespace')
  @HttpCode(204)
  @AuthorizeObject('delete_metadef_namespace')
  async remove(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<void> {
    await this.images.call(request, 'metadef_namespace_delete', { namespace: nameOf('namespace', namespace) });
  }

  @Get('resource_types')
  @AuthorizeObject('list_metadef_resource_types')
  async resourceTypes(@Req() request: FastifyRequest): Promise<object> {
    const found = await this.images.call(request, 'metadef_resource_type_list', null);
    const shown = MetadefResourceTypes.unwrap(found).resource_types.map((type) => ({
      name: type.name,
      created_at: wholeSeconds(type.created_at),
      updated_at: wholeSeconds(type.updated_at),
    }));
    return { resource_types: shown };
  }
}
