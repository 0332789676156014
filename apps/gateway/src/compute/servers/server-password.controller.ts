import { Controller, Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServerPassword } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { ConductorClient } from '../../edge/rpc/clients.js';

/** `/servers/{id}/os-server-password`: what the guest has left at the Metadata API, encrypted with its key. */
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
