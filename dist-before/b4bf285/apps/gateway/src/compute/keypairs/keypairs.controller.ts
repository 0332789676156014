import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Keypair, KeypairPage } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { nextLinks, pageOf } from '../paging.js';
import { ResourceLinks } from '../resource-links.js';
import { KeypairCreateBody } from './keypair.dto.js';
import { keypairCreated, keypairDetail, keypairSummary } from './keypair.view.js';

const OLD_NAME = /^[a-zA-Z0-9 _-]+$/;
const NAME = /^[a-zA-Z0-9 @._-]+$/;

/** `/os-keypairs`. */
@Controller('v2.1/os-keypairs')
export class KeypairsController {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  @Get()
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const version = versionOf(request);
    const query = queryOf(request);
    const paging = version >= 35 ? pageOf(query, this.#edge.settings.maxLimit) : {};
    const args = { ...paging, ...ownerIn(request) };
    const page = KeypairPage.unwrap(await this.#conductor.call(request, 'keypair_list', args));
    const keypairs = page.objects.map((keypair) => keypairSummary(keypair, version));
    const links = new ResourceLinks(request, this.#edge.settings.computeLinkPrefix);
    const next = version >= 35 ? nextLinks('keypairs', 'os-keypairs', request, links, page.next_marker) : {};
    return { keypairs, ...next };
  }

  @Get(':name')
  async show(@Req() request: FastifyRequest, @Param('name') name: string): Promise<unknown> {
    const args = { name, ...ownerIn(request) };
    const keypair = Keypair.unwrap(await this.#conductor.call(request, 'keypair_get', args));
    return keypairDetail(keypair, versionOf(request));
  }

  @Post()
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ValidBody(KeypairCreateBody) { keypair }: KeypairCreateBody,
  ): Promise<unknown> {
    const version = versionOf(request);
    const { name, public_key: publicKey, type, user_id: userId } = keypair;
    if (!(version >= 92 ? NAME : OLD_NAME).test(name) || name.trim() !== name) {
      const allowed = version >= 92 ? '[_- @.]' : '[_- ]';
      const reason = `Only expected characters: letters, digits and ${allowed}, no space at either end`;
      throw new InvalidBody({ field: 'name', value: name, reason });
    }
    if (version >= 92 && publicKey === undefined) {
      throw new InvalidBody({ field: 'keypair', value: keypair, reason: "'public_key' is a required property" });
    }
    const args = {
      name,
      type: type ?? 'ssh',
      ...(publicKey === undefined ? {} : { public_key: publicKey }),
      ...(userId === undefined ? {} : { user_id: userId }),
    };
    const made = Keypair.unwrap(await this.#conductor.call(request, 'keypair_create', args));
    void reply.code(version >= 2 ? 201 : 200);
    return keypairCreated(made, version);
  }

  @Delete(':name')
  async remove(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<void> {
    await this.#conductor.call(request, 'keypair_delete', { name, ...ownerIn(request) });
    void reply.code(versionOf(request) >= 2 ? 204 : 202);
  }
}

function versionOf(request: FastifyRequest): number {
  return request.edge.microversion ?? 1;
}

/** Whose keypairs: `user_id` from 2.10 on, if the policy (in the worker) lets the caller. */
function ownerIn(request: FastifyRequest): { user_id?: string } {
  const userId = versionOf(request) >= 10 ? lastOf(queryOf(request), 'user_id') : undefined;
  return userId === undefined ? {} : { user_id: userId };
}
