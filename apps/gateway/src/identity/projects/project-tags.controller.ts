import { Controller, Delete, Get, HttpCode, Inject, Param, Put, Req, Res, applyDecorators } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ArrayMaxSize, ArrayUnique, IsArray, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import type { ProjectTagsArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { objectId } from '../collection/collection.js';
import { badRequest } from '../errors/keystone-faults.js';

class TagsBody {
  @IsTags() readonly tags!: readonly string[];
}

interface TagPath {
  readonly id: string;
  readonly value: string;
}

/** `/v3/projects/{id}/tags`. */
@Controller('v3/projects/:id/tags')
export class ProjectTagsController {
  constructor(@Inject(IdentityClient) private readonly identity: IdentityClient) {}

  @Get()
  @AuthorizeObject('identity:list_project_tags')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return this.#view(request, id, await this.#ask(request, { id, change: 'list' }));
  }

  @Put()
  @AuthorizeObject('identity:update_project_tags')
  async replace(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(TagsBody) body: TagsBody,
  ): Promise<object> {
    return this.#view(request, id, await this.#ask(request, { id, change: 'replace', tags: body.tags }));
  }

  @Delete()
  @AuthorizeObject('identity:delete_project_tags')
  @HttpCode(204)
  async clear(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.#ask(request, { id, change: 'clear' });
  }

  @Get(':value')
  @AuthorizeObject('identity:get_project_tag')
  @HttpCode(204)
  async check(@Req() request: FastifyRequest, @Param() { id, value }: TagPath): Promise<void> {
    await this.#ask(request, { id, change: 'check', tags: [value] });
  }

  @Put(':value')
  @AuthorizeObject('identity:create_project_tag')
  @HttpCode(201)
  async add(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param() { id, value }: TagPath,
  ): Promise<void> {
    if (!/^[^,/\0]{1,255}$/.test(value))
      throw badRequest('Invalid input for a tag: it has "," or "/", or is too long.');
    await this.#ask(request, { id, change: 'add', tags: [value] });
    reply.header('location', `${baseUrl(request)}/v3/projects/${id}/tags/${encodeURIComponent(value)}`);
  }

  @Delete(':value')
  @AuthorizeObject('identity:delete_project_tag')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param() { id, value }: TagPath): Promise<void> {
    await this.#ask(request, { id, change: 'remove', tags: [value] });
  }

  #ask(request: FastifyRequest, args: ProjectTagsArgs): Promise<readonly string[]> {
    return this.identity.call(request, 'project_tags', Object.assign({}, args, { id: objectId('project', args.id) }));
  }

  #view(request: FastifyRequest, id: string, tags: readonly string[]): object {
    return { tags, links: { next: null, previous: null, self: `${baseUrl(request)}/v3/projects/${id}/tags` } };
  }
}

/** A list of tags according to the API-WG's guideline: at most 80, each of 1 to 255 characters without `,` and `/`. */
function IsTags(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(80),
    ArrayUnique({ message: 'it has non-unique elements' }),
    IsString({ each: true }),
    MinLength(1, { each: true }),
    MaxLength(255, { each: true }),
    Matches(/^[^,/]*$/, { each: true, message: 'a tag has neither "," nor "/"' }),
  );
}
