import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { FloatingIp, Network, declarationOf, isRecord, isUuid } from '#libs/contracts';
import type { FloatingIpData, NetworkData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { contextOf } from '../../edge/request-state.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { LAST_PROXY, proxied } from './proxied.js';

const declaration = declarationOf(FloatingIp);
const networks = declarationOf(Network);

/** `/os-floating-ips` and their pools below 2.36: nova's proxies of the Network API's. A pool is an external network. */
@Controller('v2.1')
export class FloatingIpsController {
  constructor(@Inject(ResourceClient) private readonly client: ResourceClient) {}

  @Get('os-floating-ip-pools')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-floating-ip-pools')
  async pools(@Req() request: FastifyRequest): Promise<unknown> {
    const pools = await this.#networks(request, { router_external: ['true'] });
    return { floating_ip_pools: pools.map((pool) => ({ name: poolName(pool) })) };
  }

  @Get('os-floating-ips')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-floating-ips:list')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const filters = { project_id: [contextOf(request).project_id ?? ''] };
    const { objects } = await this.client.list(request, declaration, { filters });
    return { floating_ips: await this.#views(request, objects) };
  }

  @Get('os-floating-ips/:id')
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-floating-ips:show')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<unknown> {
    const [view] = await this.#views(request, [await this.#get(request, id)]);
    return { floating_ip: view };
  }

  @Post('os-floating-ips')
  @HttpCode(200)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-floating-ips:create')
  async create(@Req() request: FastifyRequest): Promise<unknown> {
    const pool = readPool(request.body);
    const network = await this.#pool(request, pool);
    const { objects } = await proxied({ 409: 403 }, () =>
      this.client.create(request, declaration, [{ floating_network_id: network.id }]),
    );
    const [view] = await this.#views(request, objects);
    return { floating_ip: view };
  }

  @Delete('os-floating-ips/:id')
  @HttpCode(202)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-floating-ips:delete')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    const found = await this.#get(request, id);
    await this.client.delete(request, declaration, { id: found.id });
  }

  async #get(request: FastifyRequest, id: string): Promise<FloatingIpData> {
    try {
      return await this.client.get(request, declaration, { id });
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 404) throw error;
      throw new Fault(404, `Floating IP not found for ID ${id}`, { code: 'FloatingIpNotFound', cause: error });
    }
  }

  /** The external network with a name or id; if none is given, the default pool, otherwise the only or first one. */
  async #pool(request: FastifyRequest, pool: string | null): Promise<NetworkData> {
    const found = await this.#networks(request, {
      router_external: ['true'],
      ...(pool === null ? {} : { [isUuid(pool) ? 'id' : 'name']: [pool] }),
    });
    const network = found.find(({ is_default: isDefault }) => isDefault) ?? found[0];
    if (network !== undefined) return network;
    throw new Fault(404, 'Floating IP pool not found.', { code: 'FloatingIpPoolNotFound' });
  }

  async #networks(
    request: FastifyRequest,
    filters: Readonly<Record<string, readonly string[]>>,
  ): Promise<readonly NetworkData[]> {
    return (await this.client.list(request, networks, { filters })).objects;
  }

  async #views(request: FastifyRequest, rows: readonly FloatingIpData[]): Promise<object[]> {
    if (rows.length === 0) return [];
    const ids = [...new Set(rows.map((row) => row.floating_network_id))];
    const pools = new Map((await this.#networks(request, { id: ids })).map((pool) => [pool.id, poolName(pool)]));
    return rows.map((row) => ({
      id: row.id,
      ip: row.floating_ip_address,
      fixed_ip: row.fixed_ip_address,
      instance_id: row.port_details?.['device_id'] ?? null,
      pool: pools.get(row.floating_network_id) ?? row.floating_network_id,
    }));
  }
}

function poolName({ name, id }: NetworkData): string {
  return name === '' ? id : name;
}

/** `{"pool": "name"}`; the body may be absent. */
function readPool(body: unknown): string | null {
  const value = isRecord(body) ? (body['pool'] ?? null) : null;
  if (value === null || (typeof value === 'string' && value.length <= 255 && !value.includes('\0'))) return value;
  throw new InvalidBody({ field: 'pool', value, reason: "the value is not of type 'string', 'null'" });
}
