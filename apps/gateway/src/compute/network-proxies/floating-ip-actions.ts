import { Inject, Injectable } from '@nestjs/common';
import { isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { FloatingIp, Port, declarationOf } from '#libs/contracts';
import type { FloatingIpData } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { proxied } from './proxied.js';
import { findServer } from '../servers/find-server.js';

const floatingIps = declarationOf(FloatingIp);
const ports = declarationOf(Port);

/** A fixed address of a server. */
interface FixedAddress {
  readonly port_id: string;
  readonly ip_address: string;
}

/**
 * The requests of addFloatingIp and removeFloatingIp to the Network API for the caller, after the server's own checks.
 */
@Injectable()
export class FloatingIpActions {
  constructor(
    @Inject(ConductorClient) private readonly conductor: ConductorClient,
    @Inject(ResourceClient) private readonly client: ResourceClient,
  ) {}

  async add(
    request: FastifyRequest,
    id: string,
    { address, fixed_address: wanted }: { readonly address: string; readonly fixed_address?: string },
  ): Promise<void> {
    const fixed = pick(await this.#fixedAddresses(request, id), { id, address, wanted });
    const found = await this.#find(request, address);
    const target = { port_id: fixed.port_id, fixed_ip_address: fixed.ip_address };
    await proxied({ 404: 400, 409: 400 }, () => this.client.update(request, floatingIps, { id: found.id }, target));
  }

  async remove(request: FastifyRequest, id: string, { address }: { readonly address: string }): Promise<void> {
    const found = await this.#find(request, address);
    const isHere =
      found.port_id !== null &&
      (await this.#fixedAddresses(request, id)).some(({ port_id: port }) => port === found.port_id);
    if (!isHere) {
      const text = `Floating IP ${address} is not associated with instance ${id}.`;
      throw new Fault(409, text, { code: 'FloatingIpNotAssociated' });
    }
    await this.client.update(request, floatingIps, { id: found.id }, { port_id: null });
  }

  async #fixedAddresses(request: FastifyRequest, id: string): Promise<readonly FixedAddress[]> {
    const server = await findServer(this.conductor, request, id);
    const filters = { device_id: [server.id], project_id: [server.project_id] };
    const { objects } = await this.client.list(request, ports, { filters });
    return objects.flatMap(({ id: portId, fixed_ips: addresses }) =>
      addresses.map(({ ip_address }) => ({ port_id: portId, ip_address })),
    );
  }

  async #find(request: FastifyRequest, address: string): Promise<FloatingIpData> {
    const filters = { floating_ip_address: [address] };
    const [found, second] = (await this.client.list(request, floatingIps, { filters })).objects;
    if (found === undefined) throw new Fault(404, 'floating IP not found', { code: 'FloatingIpNotFoundForAddress' });
    if (second === undefined) return found;
    const text = `Multiple floating IPs are found for address ${address}.`;
    throw new Fault(409, text, { code: 'FloatingIpMultipleFoundForAddress' });
  }
}

/** The requested address, otherwise the first IPv4 address. Faults with nova's texts. */
function pick(
  fixed: readonly FixedAddress[],
  { id, address, wanted }: { readonly id: string; readonly address: string; readonly wanted: string | undefined },
): FixedAddress {
  if (fixed.length === 0) {
    throw new Fault(400, 'No fixed IPs associated to instance', { code: 'Invalid' });
  }
  const found = fixed.find(({ ip_address: one }) => (wanted === undefined ? isIPv4(one) : one === wanted));
  if (found !== undefined) return found;
  const text =
    wanted === undefined
      ? `Unable to associate floating IP ${address} to any fixed IPs for instance ${id}. Instance has no fixed IPv4 addresses to associate.`
      : 'Specified fixed address not assigned to instance';
  throw new Fault(400, text, { code: 'Invalid' });
}
