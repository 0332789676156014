import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeypairData } from '#libs/contracts';
import { InVersions, Keypair, KeypairPage, Optional } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { nextLinks, pageOf } from '../paging.js';
import { ResourceLinks } from '../resource-links.js';
import { IsIn, IsObject, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { Nested } from '#libs/messaging';
import { toMicroseconds } from '../time-form.js';

function withType(keypair: KeypairData, version: number): Record<string, unknown> {
  return version >= 2 ? { type: keypair.type } : {};
}

/** A keypair in a list. */
function keypairSummary(keypair: KeypairData, version: number): Record<string, unknown> {
  const { name, public_key, fingerprint } = keypair;
  return { keypair: { name, public_key, fingerprint, ...withType(keypair, version) } };
}

/** The answer to a create; the private key is there only when the pair was made here, and never again. */
function keypairCreated(keypair: KeypairData, version: number): Record<string, unknown> {
  const { name, public_key, fingerprint, user_id, private_key } = keypair;
  const body = { name, public_key, fingerprint, user_id, ...withType(keypair, version) };
  return { keypair: private_key === null ? body : { ...body, private_key } };
}

/** A single keypair. */
function keypairDetail(keypair: KeypairData, version: number): Record<string, unknown> {
  const { name, public_key, fingerprint, user_id, created_at } = keypair;
  return {
    keypair: {
      id: keypair.number,
      name,
      public_key,
      fingerprint,
      user_id,
      created_at: toMicroseconds(created_at),
      updated_at: null,
      deleted_at: null,
      deleted: false,
      ...withType(keypair, version),
    },
  };
}

class KeypairCreate {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(16_384) public_key?: string;
  @InVersions(2) @Optional() @IsIn(['ssh', 'x509']) type?: 'ssh' | 'x509';
  @InVersions(10) @Optional() @IsString() @MinLength(1) @MaxLength(255) user_id?: string;
}

/** `POST /os-keypairs`. */
class KeypairCreateBody {
  @IsObject() @ValidateNested() @Nested(() => KeypairCreate) keypair!: KeypairCreate;
}

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
  @AuthorizeObject('os_compute_api:os-keypairs:index')
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
  @AuthorizeObject('os_compute_api:os-keypairs:show')
  async show(@Req() request: FastifyRequest, @Param('name') name: string): Promise<unknown> {
    const args = { name, ...ownerIn(request) };
    const keypair = Keypair.unwrap(await this.#conductor.call(request, 'keypair_get', args));
    return keypairDetail(keypair, versionOf(request));
  }

  @Post()
  @AuthorizeObject('os_compute_api:os-keypairs:create')
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
  @AuthorizeObject('os_compute_api:os-keypairs:delete')
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
