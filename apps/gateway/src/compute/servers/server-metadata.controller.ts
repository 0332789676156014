import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IsMetadata, ServerMetadata } from '#libs/contracts';
import type { MetadataChange, ServerMetadataData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { findServer } from './find-server.js';

type Items = ServerMetadataData['items'];

export class MetadataBody {
  @IsMetadata() metadata!: Record<string, string>;
}

export class MetadataItemBody {
  @IsMetadata() meta!: Record<string, string>;
}

/** A body with one item must have the key in the path. */
export function checkItemOfPath(items: Readonly<Record<string, unknown>>, key: string): void {
  if (Object.keys(items).length === 1 && Object.hasOwn(items, key)) return;
  throw new Fault(400, 'Request body and URI mismatch', { code: 'InvalidInput' });
}

/** `/servers/{id}/metadata`: clients call it the properties of a server. */
@Controller('v2.1/servers/:id/metadata')
export class ServerMetadataController {
  constructor(private readonly conductor: ConductorClient) {}

  @Get()
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:server-metadata:index')
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { metadata: await this.#items(request, id) };
  }

  @Get(':key')
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:server-metadata:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Param('key') key: string): Promise<unknown> {
    const items = await this.#items(request, id);
    if (!Object.hasOwn(items, key)) throw new Fault(404, 'Metadata item was not found', { code: 'NotFound' });
    return { meta: { [key]: items[key] } };
  }

  @Post()
  @AuthorizeObject('os_compute_api:server-metadata:create')
  @HttpCode(200)
  async add(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(MetadataBody) body: MetadataBody,
  ): Promise<unknown> {
    return { metadata: await this.#change(request, id, 'add', body.metadata) };
  }

  @Put()
  @AuthorizeObject('os_compute_api:server-metadata:update_all')
  async replace(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(MetadataBody) body: MetadataBody,
  ): Promise<unknown> {
    return { metadata: await this.#change(request, id, 'replace', body.metadata) };
  }

  @Put(':key')
  @AuthorizeObject('os_compute_api:server-metadata:update')
  async set(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('key') key: string,
    @ValidBody(MetadataItemBody) { meta }: MetadataItemBody,
  ): Promise<unknown> {
    checkItemOfPath(meta, key);
    await this.#change(request, id, 'set', meta);
    return { meta };
  }

  @Delete(':key')
  @AuthorizeObject('os_compute_api:server-metadata:delete')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string, @Param('key') key: string): Promise<void> {
    await this.#change(request, id, 'delete', { [key]: '' });
  }

  async #items(request: FastifyRequest, id: string): Promise<Items> {
    return (await findServer(this.conductor, request, id)).metadata;
  }

  async #change(request: FastifyRequest, id: string, change: MetadataChange, items: Items): Promise<Items> {
    const answer = await this.conductor.call(request, 'server_metadata_change', { id, change, items });
    return ServerMetadata.unwrap(answer).items;
  }
}
