import { Controller, Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ServerData } from '#libs/contracts';
import { ServerPassword } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { addressesView } from './addresses.view.js';
import { findServer } from './find-server.js';

/**
 * `/servers/{id}/os-server-password`: the password that the guest stored through the Metadata API, encrypted with its
 * key.
 */
@Controller('v2.1/servers/:id/os-server-password')
export class ServerPasswordController {
  constructor(private readonly conductor: ConductorClient) {}

  @Get()
  @AuthorizeObject('os_compute_api:os-server-password:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const answer = await this.conductor.call(request, 'server_password', { id, clear: false });
    return { password: ServerPassword.unwrap(answer).password };
  }

  @Delete()
  @AuthorizeObject('os_compute_api:os-server-password:clear')
  @HttpCode(204)
  async clear(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.conductor.call(request, 'server_password', { id, clear: true });
  }
}

/** `/servers/{id}/ips`. */
@Controller('v2.1/servers/:id')
export class ServerPartsController {
  constructor(private readonly conductor: ConductorClient) {}

  @Get('ips')
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:ips:index')
  async addresses(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { addresses: addressesView((await this.#server(request, id)).addresses, false) };
  }

  @Get('ips/:network')
  @AuthorizeObject('os_compute_api:servers:show', 'os_compute_api:ips:show')
  async addressesOf(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('network') network: string,
  ): Promise<unknown> {
    const addresses = addressesView((await this.#server(request, id)).addresses, false);
    const list = Object.hasOwn(addresses, network) ? addresses[network] : undefined;
    if (list === undefined) throw new Fault(404, 'Instance is not a member of specified network', { code: 'NotFound' });
    return { [network]: list };
  }

  async #server(request: FastifyRequest, id: string): Promise<ServerData> {
    return await findServer(this.conductor, request, id);
  }
}
