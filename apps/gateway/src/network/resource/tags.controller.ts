import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isRecord, shownValue, tagList, tagRule, viewOf } from '#libs/contracts';
import type { Declaration, TagArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { forbidden } from '../errors/neutron-faults.js';
import { ResourceEdge } from './resource-edge.js';
import { targetOf } from './target.js';
import type { Path } from './target.js';

type TagPath = Path & { readonly tag: string };

/** `…/{id}/tags` of one declared resource (neutron.extensions.tagging). */
export function tagsController(declaration: Declaration): Type {
  const shown = tagRule(declaration, 'get');

  @Controller(`v2.0/${declaration.path}/:id/tags`)
  class TagsController {
    constructor(@Inject(ResourceEdge) private readonly edge: ResourceEdge) {}

    @Get()
    @AuthorizeObject(shown)
    async list(@Req() request: FastifyRequest, @Param() path: Path): Promise<object> {
      return { tags: await this.#tags(request, path) };
    }

    @Get(':tag')
    @AuthorizeObject(shown)
    @HttpCode(204)
    async show(@Req() request: FastifyRequest, @Param() path: TagPath): Promise<void> {
      const [tag] = checkedTags({ tags: [path.tag] });
      if ((await this.#tags(request, path)).includes(tag)) return;
      throw new Fault(404, `Tag ${String(tag)} could not be found.`, { code: 'TagNotFound' });
    }

    @Post()
    @AuthorizeObject(tagRule(declaration, 'create'))
    @HttpCode(200)
    async add(@Req() request: FastifyRequest, @Param() path: Path, @Body() body: unknown): Promise<object> {
      const tags = checkedTags(body);
      await this.#change(request, path, { change: 'add', operation: 'create', tags });
      return { tags };
    }

    @Put()
    @AuthorizeObject(tagRule(declaration, 'update'))
    async replace(@Req() request: FastifyRequest, @Param() path: Path, @Body() body: unknown): Promise<object> {
      const tags = checkedTags(body);
      await this.#change(request, path, { change: 'replace', operation: 'update', tags });
      return { tags };
    }

    @Put(':tag')
    @AuthorizeObject(tagRule(declaration, 'update'))
    @HttpCode(201)
    async put(@Req() request: FastifyRequest, @Param() path: TagPath): Promise<void> {
      const tags = checkedTags({ tags: [path.tag] });
      await this.#change(request, path, { change: 'add', operation: 'update', tags });
    }

    @Delete()
    @AuthorizeObject(tagRule(declaration, 'delete'))
    @HttpCode(204)
    async clear(@Req() request: FastifyRequest, @Param() path: Path): Promise<void> {
      await this.#change(request, path, { change: 'replace', operation: 'delete', tags: [] });
    }

    @Delete(':tag')
    @AuthorizeObject(tagRule(declaration, 'delete'))
    @HttpCode(204)
    async remove(@Req() request: FastifyRequest, @Param() path: TagPath): Promise<void> {
      const tags = checkedTags({ tags: [path.tag] });
      await this.#change(request, path, { change: 'remove', operation: 'delete', tags });
    }

    async #tags(request: FastifyRequest, path: Path): Promise<readonly unknown[]> {
      const data = await this.edge.client.get(request, declaration, targetOf(declaration, path));
      const { tags } = this.edge.policy.visible(request, declaration, viewOf(declaration, data));
      if (tags === undefined) throw forbidden([shown]);
      return Array.isArray(tags) ? tags : [];
    }

    async #change(request: FastifyRequest, path: Path, changes: Omit<TagArgs, 'resource' | 'id'>): Promise<void> {
      const { id } = targetOf(declaration, path);
      await this.edge.client.changeTags(request, { resource: declaration.plural, id, ...changes });
    }
  }
  return TagsController;
}

/** Throws neutron's InvalidInput (400) for a body without valid tags. */
function checkedTags(body: unknown): readonly string[] {
  const tags: unknown = isRecord(body) ? body['tags'] : undefined;
  const reason = tags === undefined ? 'Invalid tags body' : tagList.refuse(tags);
  if (reason === undefined && Array.isArray(tags)) return tags.map(String);
  throw new Fault(400, `Invalid input for operation: ${reason ?? shownValue(tags)}.`, { code: 'InvalidInput' });
}
