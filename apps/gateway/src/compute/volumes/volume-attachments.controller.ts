import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ServerData, VmState } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { noDevice, noVolume } from './no-volume.js';
import { VolumeAttachmentBody, VolumeAttachmentUpdateBody } from './volume.dto.js';
import { versionOf } from '../versions/microversion.js';
import { findServer } from '../servers/find-server.js';

const RULES = 'os_compute_api:os-volumes-attachments';
const SWAP_RULE = 'os_compute_api:os-volumes-attachments:swap';
const SHELVED = new Set<VmState>(['shelved', 'shelved_offloaded']);
const ATTACH_FROM = new Set<VmState>([
  'active',
  'paused',
  'suspended',
  'stopped',
  'resized',
  'soft-delete',
  ...SHELVED,
]);

/**
 * `/servers/{id}/os-volume_attachments`: there is no volume service, so a server has no volumes, and none can be found.
 * The checks that nova performs before it asks for the volume are performed.
 */
@Controller('v2.1/servers/:id/os-volume_attachments')
export class VolumeAttachmentsController {
  constructor(
    private readonly edge: Edge,
    private readonly conductor: ConductorClient,
  ) {}

  @Get()
  @AuthorizeObject(`${RULES}:index`)
  async list(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    await this.#server(request, id, `${RULES}:index`);
    return { volumeAttachments: [] };
  }

  @Get(':volume')
  @AuthorizeObject(`${RULES}:show`)
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Param('volume') volume: string): Promise<never> {
    await this.#server(request, id, `${RULES}:show`);
    const text = `Instance ${id} is not attached to volume ${volume.slice(0, 255)}`;
    throw new Fault(404, text, { code: 'VolumeBDMNotFound' });
  }

  @Post()
  @AuthorizeObject(`${RULES}:create`)
  @HttpCode(200)
  async attach(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(VolumeAttachmentBody) { volumeAttachment: { volumeId } }: VolumeAttachmentBody,
  ): Promise<never> {
    const server = await this.#server(request, id, `${RULES}:create`);
    requireShelvedVersion(request, server, 'attach_volume');
    if (server.locked && !this.#mayIgnoreLock(request)) {
      throw new Fault(409, `Instance ${id} is locked`, { code: 'InstanceIsLocked' });
    }
    if (!ATTACH_FROM.has(server.vm_state)) throw invalidState(server, 'attach_volume');
    throw noVolume(volumeId);
  }

  /** Until 2.84 it only swaps volumes, at the request of the volume service. */
  @Put(':volume')
  @AuthorizeObject([`${RULES}:update`, SWAP_RULE])
  @HttpCode(202)
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('volume') volume: string,
    @ValidBody(VolumeAttachmentUpdateBody) { volumeAttachment: { volumeId } }: VolumeAttachmentUpdateBody,
  ): Promise<never> {
    const swapsOnly = versionOf(request) < 85;
    await this.#server(request, id, swapsOnly || volume !== volumeId ? SWAP_RULE : `${RULES}:update`);
    throw swapsOnly ? noVolume(volume) : noDevice(404, volume);
  }

  @Delete(':volume')
  @AuthorizeObject(`${RULES}:delete`)
  @HttpCode(202)
  async detach(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('volume') volume: string,
  ): Promise<never> {
    const server = await this.#server(request, id, `${RULES}:delete`);
    requireShelvedVersion(request, server, 'detach_volume');
    throw noVolume(volume);
  }

  #mayIgnoreLock(request: FastifyRequest): boolean {
    return request.edge.context?.is_admin === true;
  }

  async #server(request: FastifyRequest, id: string, rule: string): Promise<ServerData> {
    const server = await findServer(this.conductor, request, id);
    const { project_id, user_id } = server;
    this.edge.policy.authorize(request, rule, rule === SWAP_RULE ? {} : { project_id, user_id });
    return server;
  }
}

function requireShelvedVersion(request: FastifyRequest, server: ServerData, method: string): void {
  if (SHELVED.has(server.vm_state) && versionOf(request) < 20) throw invalidState(server, method);
}

function invalidState({ id, vm_state: state }: ServerData, method: string): Fault {
  const text = `Cannot '${method}' instance ${id} while it is in vm_state ${state}`;
  return new Fault(409, text, { code: 'InstanceInvalidState' });
}
