import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Network, declarationOf } from '#libs/contracts';
import type { NetworkData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { contextOf } from '../../edge/request-state.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { LAST_PROXY } from './proxied.js';

const declaration = declarationOf(Network);

/** The fields of nova's own networks, for all callers and for administrators: null now, as upstream. */
export const FIELDS = 'cidr netmask gateway broadcast dns1 dns2 cidr_v6 gateway_v6 netmask_v6'.split(' ');
export const ADMIN_FIELDS = (
  'created_at updated_at deleted_at deleted injected bridge vlan vpn_public_address vpn_public_port ' +
  'vpn_private_address dhcp_start project_id host bridge_interface multi_host priority rxtx_base mtu dhcp_server ' +
  'enable_dhcp share_address'
).split(' ');

/** `/os-networks` and `/os-tenant-networks` below 2.36: nova's proxies of the Network API's networks. */
@Controller('v2.1')
export class NetworksController {
  constructor(@Inject(ResourceClient) private readonly client: ResourceClient) {}

  @Get('os-networks')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-networks:list')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const { objects } = await this.client.list(request, declaration, {});
    return { networks: objects.map((network) => networkView(request, network)) };
  }

  @Get('os-networks/:id')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-networks:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { network: networkView(request, await this.#get(request, id)) };
  }

  @Get('os-tenant-networks')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-tenant-networks:list')
  async tenantList(@Req() request: FastifyRequest): Promise<unknown> {
    const { objects } = await this.client.list(request, declaration, {});
    return { networks: objects.map(tenantView) };
  }

  @Get('os-tenant-networks/:id')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-tenant-networks:show')
  async tenantShow(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    return { network: tenantView(await this.#get(request, id)) };
  }

  async #get(request: FastifyRequest, id: string): Promise<NetworkData> {
    try {
      return await this.client.get(request, declaration, { id });
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 404) throw error;
      throw new Fault(404, 'Network not found', { code: 'NetworkNotFound', cause: error });
    }
  }
}

function networkView(request: FastifyRequest, { id, name }: NetworkData): object {
  const empty = [...FIELDS, ...(contextOf(request).is_admin ? ADMIN_FIELDS : [])];
  return { ...Object.fromEntries(empty.map((field) => [field, null])), id, label: name };
}

/** nova writes Python's `None` as a text here. */
function tenantView({ id, name }: NetworkData): object {
  return { id, cidr: 'None', label: name };
}
