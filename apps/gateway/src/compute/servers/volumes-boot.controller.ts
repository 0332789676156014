import { Controller, Param, Post, Req, Res, Delete, Get, HttpCode, Put } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SERVER_ACTION_RULES } from '#libs/contracts';
import { AuthorizeObject, Authorize } from '../../edge/access/access.decorators.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { Version } from '../versions/microversion.js';
import { ServerActionsController, noSuchAction, theOneEntry } from './server-actions.controller.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { ServerCreateBody } from './server-create.dto.js';
import { ServerUpdateBody, ServersController } from './servers.controller.js';

/** The actions of nova's own controller of servers; those of other controllers are only available below `/servers`. */
export const VOLUMES_BOOT_ACTIONS: ReadonlySet<string> = new Set([
  'confirmResize',
  'createImage',
  'os-start',
  'os-stop',
  'reboot',
  'rebuild',
  'resize',
  'revertResize',
  'trigger_crash_dump',
]);

/** `POST /os-volumes_boot/{id}/action` (nova.api.openstack.compute.volumes_boot). */
@Controller('v2.1/os-volumes_boot/:id/action')
export class VolumesBootActionsController extends ServerActionsController {
  @Post()
  @Microversions(1, 102)
  @AuthorizeObject(SERVER_ACTION_RULES)
  override run(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<unknown> {
    const [key] = theOneEntry(request.body);
    if (!VOLUMES_BOOT_ACTIONS.has(key)) throw noSuchAction(key);
    return super.run(request, version, reply, id);
  }
}

/** Until 2.102 (nova.api.openstack.compute.volumes_boot). */
const LAST = 102;

/** `/os-volumes_boot`: `/servers` under its name for clients that boot from volumes. */
@Controller('v2.1/os-volumes_boot')
export class VolumesBootController extends ServersController {
  @Get()
  @Microversions(1, LAST)
  @AuthorizeObject('os_compute_api:servers:index:get_all_tenants', 'os_compute_api:servers:index')
  override list(@Req() request: FastifyRequest): Promise<unknown> {
    return super.list(request);
  }

  @Get('detail')
  @Microversions(1, LAST)
  @AuthorizeObject('os_compute_api:servers:detail:get_all_tenants', 'os_compute_api:servers:detail')
  override detail(@Req() request: FastifyRequest): Promise<unknown> {
    return super.detail(request);
  }

  @Get(':id')
  @Microversions(1, LAST)
  @AuthorizeObject('os_compute_api:servers:show')
  override show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return super.show(request, id);
  }

  @Post()
  @Microversions(1, LAST)
  @Authorize('os_compute_api:servers:create')
  @HttpCode(202)
  override create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ValidBody(ServerCreateBody) body: ServerCreateBody,
  ): Promise<unknown> {
    return super.create(request, reply, body);
  }

  @Put(':id')
  @Microversions(1, LAST)
  @AuthorizeObject('os_compute_api:servers:update')
  override update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(ServerUpdateBody) body: ServerUpdateBody,
  ): Promise<unknown> {
    return super.update(request, id, body);
  }

  @Delete(':id')
  @Microversions(1, LAST)
  @AuthorizeObject('os_compute_api:servers:delete')
  @HttpCode(204)
  override remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    return super.remove(request, id);
  }
}
