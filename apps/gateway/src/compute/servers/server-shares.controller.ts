import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { IsObject, IsString, IsUUID, Matches, MaxLength, MinLength, ValidateNested } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Optional } from '#libs/contracts';
import type { ServerData } from '#libs/contracts';
import { Nested } from '#libs/messaging';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { findServer } from './find-server.js';

const SINCE = 97;
const RULES = 'os_compute_api:os-server-shares';

export class Share {
  @IsUUID('loose') share_id!: string;
  @Optional() @IsString() @MinLength(1) @MaxLength(255) @Matches(/^[a-zA-Z0-9-]*$/) tag?: string;
}

export class ShareBody {
  @IsObject() @ValidateNested() @Nested(() => Share) share!: Share;
}

/** `/servers/{id}/shares`: there is no share service, so a server has none, and none can be found. */
@Controller('v2.1/servers/:id/shares')
export class ServerSharesController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
  ) {}

  @Get()
  @Microversions(SINCE)
  @AuthorizeObject(`${RULES}:index`)
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    await this.#server(request, id, 'index');
    return { shares: [] };
  }

  @Post()
  @Microversions(SINCE)
  @AuthorizeObject(`${RULES}:create`)
  @HttpCode(201)
  async add(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(ShareBody) { share }: ShareBody,
  ): Promise<never> {
    requireStopped(await this.#server(request, id, 'create'), 'create share');
    throw notFound(share.share_id);
  }

  @Get(':share')
  @Microversions(SINCE)
  @AuthorizeObject(`${RULES}:show`)
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Param('share') share: string): Promise<never> {
    await this.#server(request, id, 'show');
    throw notFound(share);
  }

  @Delete(':share')
  @Microversions(SINCE)
  @AuthorizeObject(`${RULES}:delete`)
  @HttpCode(200)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string, @Param('share') share: string): Promise<never> {
    requireStopped(await this.#server(request, id, 'delete'), 'delete share');
    throw notFound(share);
  }

  async #server(request: FastifyRequest, id: string, rule: string): Promise<ServerData> {
    const server = await findServer(this.conductor, request, id);
    const { project_id, user_id } = server;
    this.edge.policy.authorize(request, `${RULES}:${rule}`, { project_id, user_id });
    return server;
  }
}

function notFound(id: string): Fault {
  return new Fault(404, `Share ${id} could not be found.`, { code: 'ShareNotFound' });
}

/** Shares of a guest can only be changed while it is stopped. */
function requireStopped({ id, vm_state: state }: ServerData, action: string): void {
  if (state === 'stopped' || state === 'error') return;
  const text = `Cannot '${action}' instance ${id} while it is in vm_state ${state}`;
  throw new Fault(409, text, { code: 'InstanceInvalidState' });
}
