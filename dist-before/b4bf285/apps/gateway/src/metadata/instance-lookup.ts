import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InstanceMetadata } from '#libs/contracts';
import type { InstanceMetadataArgs, InstanceMetadataData } from '#libs/contracts';
import { Edge } from '../edge/edge.js';
import { Fault } from '../edge/errors/fault.js';
import { ConductorClient } from '../edge/rpc/clients.js';

interface Cached {
  readonly data: InstanceMetadataData;
  readonly untilMs: number;
}

const MAX_CACHED = 2048;
const missing = (name: string): Fault =>
  new Fault(400, `${name} header is missing from request.`, { code: 'HeaderMissing', facts: { header: name } });

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Finds the server that asks for its metadata: by the headers that a metadata proxy signs (`[neutron]
 * service_metadata_proxy`), else by the client's address. Cached for `[api] metadata_cache_expiration`.
 */
@Injectable()
export class InstanceLookup {
  readonly #edge: Edge;
  readonly #conductor: ConductorClient;
  readonly #cache = new Map<string, Cached>();

  constructor(edge: Edge, conductor: ConductorClient) {
    this.#edge = edge;
    this.#conductor = conductor;
  }

  /** Throws Fault 400 and 403 for headers that are missing or badly signed, 404 for an unknown server. */
  async find(request: FastifyRequest): Promise<InstanceMetadataData> {
    const args = this.#edge.settings.serviceMetadataProxy ? this.#signed(request) : byAddress(request);
    const key = JSON.stringify(args);
    const now = performance.now();
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.untilMs > now) return cached.data;
    const data = InstanceMetadata.unwrap(
      await this.#conductor.call(request, 'instance_metadata', args, { elevated: true }),
    );
    this.#remember(key, data, now);
    return data;
  }

  #remember(key: string, data: InstanceMetadataData, now: number): void {
    const { metadataCacheMs } = this.#edge.settings;
    if (metadataCacheMs === 0) return;
    this.#cache.delete(key);
    if (this.#cache.size >= MAX_CACHED) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.set(key, { data, untilMs: now + metadataCacheMs });
  }

  #signed(request: FastifyRequest): InstanceMetadataArgs {
    const header = (name: string): string => {
      const value = request.headers[name.toLowerCase()];
      if (typeof value !== 'string' || value === '') throw missing(name);
      return value;
    };
    const instanceId = header('X-Instance-ID');
    const signature = header('X-Instance-ID-Signature');
    const tenantId = header('X-Tenant-ID');
    header('X-Forwarded-For');
    const secret = this.#edge.settings.metadataProxySharedSecret;
    const expected = createHmac('sha256', secret).update(instanceId).digest('hex');
    if (!sameText(signature, expected)) {
      throw new Fault(403, 'Invalid proxy request signature.', { code: 'BadSignature' });
    }
    return { instance_id: instanceId, tenant_id: tenantId };
  }
}

function byAddress(request: FastifyRequest): InstanceMetadataArgs {
  // An IPv4 client of a socket for both families has an address that is mapped into IPv6.
  return { address: request.edge.clientAddress.replace(/^::ffff:/i, '') };
}
