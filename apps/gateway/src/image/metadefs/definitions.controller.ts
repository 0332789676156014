import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { MetadefKind } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { MetadefItemCalls } from './metadef-items.js';

interface Definitions {
  readonly kind: MetadefKind;
  /** Their name in the path and in lists. */
  readonly plural: string;
  /** The rule of a deletion; glance's name for it differs. */
  readonly remove: string;
  /** Additional fields of a list. */
  readonly told?: object;
}

/** `/v2/metadefs/namespaces/{namespace}/{plural}`: the definitions of one kind. */
function definitionsController({ kind, plural, remove, told = {} }: Definitions): Type {
  @Controller(`v2/metadefs/namespaces/:namespace/${plural}`)
  class DefinitionsController {
    constructor(@Inject(MetadefItemCalls) private readonly items: MetadefItemCalls) {}

    @Get()
    @AuthorizeObject(`get_metadef_${plural}`)
    async list(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
      return { [plural]: await this.items.list(request, namespace, kind), ...told };
    }

    @Post()
    @AuthorizeObject(`add_metadef_${kind}`)
    create(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<object> {
      return this.items.create(request, namespace, kind);
    }

    @Get(':name')
    @AuthorizeObject(`get_metadef_${kind}`)
    show(
      @Req() request: FastifyRequest,
      @Param('namespace') namespace: string,
      @Param('name') name: string,
    ): Promise<object> {
      return this.items.show(request, namespace, kind, name);
    }

    @Put(':name')
    @AuthorizeObject(`modify_metadef_${kind}`)
    update(
      @Req() request: FastifyRequest,
      @Param('namespace') namespace: string,
      @Param('name') name: string,
    ): Promise<object> {
      return this.items.update(request, namespace, kind, name);
    }

    @Delete(':name')
    @HttpCode(204)
    @AuthorizeObject(remove)
    remove(
      @Req() request: FastifyRequest,
      @Param('namespace') namespace: string,
      @Param('name') name: string,
    ): Promise<void> {
      return this.items.remove(request, namespace, kind, name);
    }

    @Delete()
    @HttpCode(204)
    @AuthorizeObject('delete_metadef_namespace')
    clear(@Req() request: FastifyRequest, @Param('namespace') namespace: string): Promise<void> {
      return this.items.clear(request, namespace, kind);
    }
  }
  return DefinitionsController;
}

/** Objects and properties; tags and types of resources have routes of their own. */
export const definitionsControllers: readonly Type[] = [
  definitionsController({
    kind: 'object',
    plural: 'objects',
    remove: 'delete_metadef_object',
    told: { schema: '/v2/schemas/metadefs/objects' },
  }),
  definitionsController({ kind: 'property', plural: 'properties', remove: 'remove_metadef_property' }),
];
