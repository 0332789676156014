import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Server } from '#libs/contracts';
import type { ServerData } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { addressesView } from './addresses.view.js';

/** `/servers/{id}/ips`. */
@Controller('v2.1/servers/:id')
export class ServerPartsController {
  readonly #conductor: ConductorClient;

  constructor(conductor: ConductorClient) {
    this.#conductor = conductor;
  }

  @Get('ips')
  async addresses(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { addresses: addressesView((await this.#server(request, id)).addresses, false) };
  }

  @Get('ips/:network')
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
    return Server.unwrap(await this.#conductor.call(request, 'server_get', { id }));
  }
}
