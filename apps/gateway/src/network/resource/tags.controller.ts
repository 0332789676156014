import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isRecord, shownValue, tagList } from '#libs/contracts';
import type { Declaration, TagChange } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ResourceEdge } from './resource-edge.js';
import { targetOf } from './target.js';
import type { Path } from './target.js';

type TagPath = Path & { readonly tag: string };

/** `…/{id}/tags` of one declared resource (neutron.extensions.tagging). */
export function tagsController(declaration: Declaration): Type {
  const seen = `get_${declaration.qualified}`;
  const changed = `update_${declaration.qualified}`;

  @Controller(`v2.0/${declaration.path}/:id/tags`)
  class TagsController {
    constructor(@Inject(ResourceEdge) private readonly edge: ResourceEdge) {}

    @Get()
    @AuthorizeObject(seen)
    async list(@Req() request: FastifyRequest, @Param() path: Path): Promise<object> {
      return { tags: await this.#tags(request, path) };
    }

    @Get(':tag')
    @AuthorizeObject(seen)
    @HttpCode(204)
    async show(@Req() request: FastifyRequest, @Param() path: TagPath): Promise<void> {
      const [tag] = checkedTags({ tags: [path.tag] });
      if ((await this.#tags(request, path)).includes(tag)) return;
      throw new Fault(404, `Tag ${String(tag)} could not be found.`, { code: 'TagNotFound' });
    }

    @Post()
    @AuthorizeObject(changed)
    @HttpCode(200)
    async add(@Req() request: FastifyRequest, @Param() path: Path, @Body() body: unknown): Promise<object> {
      const tags = checkedTags(body);
      await this.#change(request, path, 'add', tags);
      return { tags };
    }

    @Put()
    @AuthorizeObject(changed)
    async replace(@Req() request: FastifyRequest, @Param() path: Path, @Body() body: unknown): Promise<object> {
      const tags = checkedTags(body);
      await this.#change(request, path, 'replace', tags);
      return { tags };
    }

    @Put(':tag')
    @AuthorizeObject(changed)
    @HttpCode(201)
    async put(@Req() request: FastifyRequest, @Param() path: TagPath): Promise<void> {
      await this.#change(request, path, 'add', checkedTags({ tags: [path.tag] }));
    }

    @Delete()
    @AuthorizeObject(changed)
    @HttpCode(204)
    async clear(@Req() request: FastifyRequest, @Param() path: Path): Promise<void> {
      await this.#change(request, path, 'replace', []);
    }

    @Delete(':tag')
    @AuthorizeObject(changed)
    @HttpCode(204)
    async remove(@Req() request: FastifyRequest, @Param() path: TagPath): Promise<void> {
      await this.#change(request, path, 'remove', checkedTags({ tags: [path.tag] }));
    }

    async #tags(request: FastifyRequest, path: Path): Promise<readonly unknown[]> {
      const data = await this.edge.client.get(request, declaration, targetOf(declaration, path));
      const tags: unknown = Reflect.get(data, 'tags');
      return Array.isArray(tags) ? tags : [];
    }

    async #change(request: FastifyRequest, path: Path, change: TagChange, tags: readonly string[]): Promise<void> {
      const { id } = targetOf(declaration, path);
      await this.edge.client.changeTags(request, { resource: declaration.plural, id, change, tags });
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
