import { Controller, Delete, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import { ArrayMaxSize, IsArray } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IsTag, MAX_TAGS, ServerTags, isTag } from '#libs/contracts';
import type { ServerTagChange, ServerTagsData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { ServerViews } from './server-views.js';
import { findServer } from './find-server.js';

export class TagsBody {
  @IsArray() @ArrayMaxSize(MAX_TAGS) @IsTag({ each: true }) tags!: string[];
}

const SINCE = 26;

/** `/servers/{id}/tags`, from 2.26 on. */
@Controller('v2.1/servers/:id/tags')
export class ServerTagsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly views: ServerViews,
  ) {}

  @Get()
  @Microversions(SINCE)
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:os-server-tags:index')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { tags: await this.#tags(request, id) };
  }

  @Get(':tag')
  @Microversions(SINCE)
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:os-server-tags:show')
  @HttpCode(204)
  async check(@Req() request: FastifyRequest, @Param('id') id: string, @Param('tag') tag: string): Promise<void> {
    if ((await this.#tags(request, id)).includes(tag)) return;
    throw new Fault(404, `Server ${id} has no tag '${tag}'`, { code: 'ServerTagNotFound' });
  }

  @Put()
  @Microversions(SINCE)
  @AuthorizeObject('os_compute_api:os-server-tags:update_all')
  async replace(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(TagsBody) { tags }: TagsBody,
  ): Promise<unknown> {
    return { tags: (await this.#change(request, id, 'replace', tags)).tags };
  }

  @Put(':tag')
  @Microversions(SINCE)
  @AuthorizeObject('os_compute_api:os-server-tags:update')
  async add(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Param('tag') tag: string,
  ): Promise<void> {
    const isGood: boolean = isTag(tag);
    if (!isGood) {
      const text = `Tag '${tag}' is invalid. It must be a non empty string without characters '/' and ','.`;
      throw new Fault(400, text, { code: 'InvalidInput' });
    }
    const { added } = await this.#change(request, id, 'add', [tag]);
    void reply.code(added ? 201 : 204);
    if (added) {
      void reply.header('location', this.views.links(request).self(`servers/${id}/tags/${encodeURIComponent(tag)}`));
    }
  }

  @Delete(':tag')
  @Microversions(SINCE)
  @AuthorizeObject('os_compute_api:os-server-tags:delete')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string, @Param('tag') tag: string): Promise<void> {
    await this.#change(request, id, 'remove', [tag]);
  }

  @Delete()
  @Microversions(SINCE)
  @AuthorizeObject('os_compute_api:os-server-tags:delete_all')
  @HttpCode(204)
  async clear(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.#change(request, id, 'clear', []);
  }

  async #tags(request: FastifyRequest, id: string): Promise<readonly string[]> {
    return (await findServer(this.conductor, request, id)).tags;
  }

  async #change(
    request: FastifyRequest,
    id: string,
    change: ServerTagChange,
    tags: readonly string[],
  ): Promise<ServerTagsData> {
    return ServerTags.unwrap(await this.conductor.call(request, 'server_tags_change', { id, change, tags }));
  }
}
