import { Controller, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Service } from '#libs/contracts';
import type { ServiceData, ServiceUpdateArgs } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { validateBody } from '../../edge/validation/valid-body.decorator.js';
import { ServiceSwitchBody, ServiceUpdateBody } from './service.dto.js';
import { serviceView } from './services.view.js';

/** What a path's last part does until 2.52; `disable-log-reason` cannot do without a reason. */
const SWITCHES: Readonly<Record<string, ServiceData['status']>> = {
  enable: 'enabled',
  disable: 'disabled',
  'disable-log-reason': 'disabled',
};

/** Takes a compute host out of service for new servers, and back. */
@Controller('v2.1/os-services')
export class ServiceChangesController {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  @Put(':id')
  async update(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    this.#edge.policy.authorize(request, 'os_compute_api:os-services:update');
    const version = request.edge.microversion ?? 1;
    if (version < 53) return { service: await this.#switch(request, id) };
    const { status, disabled_reason: reason } = validateBody(ServiceUpdateBody, request.body, version);
    if (status === 'enabled' && reason !== undefined) {
      throw new Fault(400, "Specifying 'disabled_reason' when status is 'enabled' is invalid.", {
        code: 'InvalidInput',
      });
    }
    return { service: serviceView(await this.#change(request, { id, status, ...reasonOf(reason) }), version) };
  }

  async #switch(request: FastifyRequest, action: string): Promise<Record<string, unknown>> {
    const status = Object.hasOwn(SWITCHES, action) ? SWITCHES[action] : undefined;
    if (status === undefined) throw new Fault(404, 'Unknown action', { code: 'NotFound' });
    const { host, binary, disabled_reason: reason } = validateBody(ServiceSwitchBody, request.body);
    const withReason = action === 'disable-log-reason';
    if (withReason && reason === undefined)
      throw new Fault(400, 'Missing disabled reason field', { code: 'InvalidInput' });
    const args = { host, binary, status, ...(withReason ? reasonOf(reason) : {}) };
    const service = await this.#change(request, args);
    return { host, binary, status, ...(withReason ? { disabled_reason: service.disabled_reason } : {}) };
  }

  async #change(request: FastifyRequest, args: ServiceUpdateArgs): Promise<ServiceData> {
    return Service.unwrap(await this.#conductor.call(request, 'service_update', args));
  }
}

function reasonOf(reason: string | undefined): { disabled_reason?: string } {
  return reason === undefined ? {} : { disabled_reason: reason };
}
