import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeypairCreateArgs, KeypairData } from '#libs/contracts';
import { Keypair, declarationOf, isRecord } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { nameIn, queryOf } from '../../edge/query/query.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { Pages } from '../paging.js';
import { CreateBody } from '../resource/resource-body.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { resourceView } from '../resource/resource-view.js';
import { Version, versionOf } from '../versions/microversion.js';

const keypairs = declarationOf(Keypair);

const OLD_NAME = /^[a-zA-Z0-9 _-]+$/;
const NAME = /^[a-zA-Z0-9 @._-]+$/;

/** `/os-keypairs`. */
@Controller('v2.1/os-keypairs')
export class KeypairsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly reader: ResourceReader,
    private readonly pages: Pages,
  ) {}

  @Get()
  @AuthorizeObject('os_compute_api:os-keypairs:index')
  async list(@Req() request: FastifyRequest, @Version() version: number): Promise<unknown> {
    const args = { ...(version >= 35 ? this.pages.asked(request) : {}), ...ownerIn(request) };
    const { objects, next_marker: marker } = await this.reader.list(request, Keypair, args);
    const shown = objects.map((keypair) => view(keypair, version, 'brief'));
    return { keypairs: shown, ...(version >= 35 ? this.pages.next(request, 'keypairs', 'os-keypairs', marker) : {}) };
  }

  @Get(':name')
  @AuthorizeObject('os_compute_api:os-keypairs:show')
  async show(@Req() request: FastifyRequest, @Param('name') name: string): Promise<unknown> {
    const args = { name, ...ownerIn(request) };
    const keypair = keypairs.object.unwrap(await this.conductor.call(request, 'keypair_get', args));
    const whole = { updated_at: null, deleted_at: null, deleted: false };
    return view(keypair, versionOf(request), 'detail', whole);
  }

  @Post()
  @AuthorizeObject('os_compute_api:os-keypairs:create')
  async create(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CreateBody(Keypair) args: KeypairCreateArgs,
  ): Promise<unknown> {
    const { name, public_key: publicKey } = args;
    if (!(version >= 92 ? NAME : OLD_NAME).test(name) || name.trim() !== name) {
      const allowed = version >= 92 ? '[_- @.]' : '[_- ]';
      const reason = `Only expected characters: letters, digits and ${allowed}, no space at either end`;
      throw new InvalidBody({ field: 'name', value: name, reason });
    }
    if (version >= 92 && publicKey === undefined) {
      const given = isRecord(request.body) ? request.body['keypair'] : undefined;
      throw new InvalidBody({ field: 'keypair', value: given, reason: "'public_key' is a required property" });
    }
    const made = keypairs.object.unwrap(await this.conductor.call(request, 'keypair_create', args));
    void reply.code(version >= 2 ? 201 : 200);
    // The private key is only available if the pair was generated here, and only in this response.
    return view(made, version, 'created');
  }

  @Delete(':name')
  @AuthorizeObject('os_compute_api:os-keypairs:delete')
  async remove(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<void> {
    await this.conductor.call(request, 'keypair_delete', { name, ...ownerIn(request) });
    void reply.code(versionOf(request) >= 2 ? 204 : 202);
  }
}

function view(keypair: KeypairData, version: number, form: string, more: object = {}): Record<string, unknown> {
  return { keypair: resourceView(Keypair, keypair, { version, view: form }, { ...more }) };
}

/** Owner of the keypairs: `user_id` since 2.10, if the policy (checked in the worker) permits it. */
function ownerIn(request: FastifyRequest): { user_id?: string } {
  const userId = versionOf(request) >= 10 ? nameIn(queryOf(request), 'user_id') : undefined;
  return userId === undefined ? {} : { user_id: userId };
}
