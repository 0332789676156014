import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SERVER_ACTION_RULES } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { Version } from '../versions/version.decorator.js';
import { ServerActionsController, noSuchAction, theOneEntry } from './server-actions.controller.js';

/** Those of nova's own controller of servers; what other controllers add is at `/servers` alone. */
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
