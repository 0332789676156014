import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ConsoleAccess, ServerActionResult, actionOf, isRecord } from '#libs/contracts';
import { Authorize, AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { readActionBody } from '../servers/action-body.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { Version } from '../versions/microversion.js';

/** N of microversions 2.N. */
const FIRST = 6;
const WITH_MKS = 8;
const WITH_DIRECT = 99;
const TOKENS = 31;

/** `/servers/{id}/remote-consoles` (nova.api.openstack.compute.remote_consoles). */
@Controller('v2.1/servers/:id/remote-consoles')
export class RemoteConsolesController {
  constructor(private readonly conductor: ConductorClient) {}

  @Post()
  @HttpCode(200)
  @Microversions(FIRST)
  @AuthorizeObject('os_compute_api:os-remote-consoles')
  async create(@Req() request: FastifyRequest, @Version() version: number, @Param('id') id: string): Promise<unknown> {
    const { body } = readActionBody(actionOf('create_remote_console'), valueOf(request.body), version);
    const { protocol, type } = body as { readonly protocol: string; readonly type: string };
    refuseLater(version, { protocol, type });
    if (protocol === 'rdp') {
      throw new Fault(400, 'Unavailable console type rdp.', { code: 'ConsoleTypeUnavailable' });
    }
    const args = { id, action: 'create_remote_console' as const, microversion: version, body };
    const { url } = ServerActionResult.unwrap(await this.conductor.call(request, 'server_act', args));
    return { remote_console: { protocol, type, url } };
  }
}

/** `/os-console-auth-tokens/{token}`. */
@Controller('v2.1/os-console-auth-tokens')
export class ConsoleTokensController {
  constructor(private readonly conductor: ConductorClient) {}

  @Get(':token')
  @Authorize('os_compute_api:os-console-auth-tokens')
  async show(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Param('token') token: string,
  ): Promise<unknown> {
    // Before, it was only for the consoles of a hypervisor that no longer exists.
    if (version < TOKENS) {
      throw new Fault(400, 'The server could not comply with the request.', { code: 'ConsoleTypeUnavailable' });
    }
    const answer = await this.conductor.call(request, 'console_token_get', { token: token.slice(0, 255) });
    const { instance_uuid, host, port, tls_port, console_type } = ConsoleAccess.unwrap(answer);
    const isDirect = version >= WITH_DIRECT && console_type === 'spice-direct';
    return {
      console: { instance_uuid, host, port, internal_access_path: null, ...(isDirect && { tls_port }) },
    };
  }
}

function valueOf(body: unknown): unknown {
  if (!isRecord(body)) throw new InvalidBody({ field: '', value: body, reason: "the value is not of type 'object'" });
  const [unknown] = Object.keys(body).filter((key) => key !== 'remote_console');
  if (unknown !== undefined) {
    const reason = `Additional properties are not allowed ('${unknown.slice(0, 64)}' was unexpected)`;
    throw new InvalidBody({ field: '', value: body, reason });
  }
  if (!Object.hasOwn(body, 'remote_console')) {
    throw new InvalidBody({ field: '', value: body, reason: "'remote_console' is a required property" });
  }
  return body['remote_console'];
}

/** Refuses values that later versions added. */
function refuseLater(version: number, { protocol, type }: { readonly protocol: string; readonly type: string }): void {
  const later = [
    ['protocol', protocol, protocol === 'mks' ? WITH_MKS : 1],
    ['type', type, type === 'webmks' ? WITH_MKS : type === 'spice-direct' ? WITH_DIRECT : 1],
  ] as const;
  const found = later.find(([, , since]) => version < since);
  if (found === undefined) return;
  const [name, value] = found;
  throw new InvalidBody({
    field: `remote_console.${name}`,
    value,
    reason: `'${value}' is not one of those of this version`,
  });
}
