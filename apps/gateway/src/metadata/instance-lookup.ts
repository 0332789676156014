import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InstanceMetadata, isSignedWith, metadataSecrets } from '#libs/contracts';
import type { InstanceMetadataArgs, InstanceMetadataData } from '#libs/contracts';
import { onRestored } from '#libs/simulation';
import { ApiOptions, IdentityOptions, NeutronOptions } from '#libs/options';
import { addressOf } from '../edge/client-address.js';
import { Fault } from '../edge/errors/fault.js';
import { ConductorClient } from '../edge/rpc/clients.js';

interface Cached {
  readonly data: InstanceMetadataData;
  readonly untilMs: number;
}

const MAX_CACHED = 2048;
const missing = (name: string): Fault =>
  new Fault(400, `${name} header is missing from request.`, { code: 'HeaderMissing', facts: { header: name } });

/**
 * Finds the server that requests its metadata: by the headers that a metadata proxy signs, which every request must
 * have with `[neutron] service_metadata_proxy`, otherwise by the address at the other end of the connection. No other
 * header identifies the server, whatever `enable_proxy_headers_parsing` is: nothing proves them.
 *
 * A server that a proxy names is cached for `[api] metadata_cache_expiration`. An address is not: it may next belong to
 * a server of another project.
 */
@Injectable()
export class InstanceLookup {
  readonly #api: ApiOptions;
  readonly #neutron: NeutronOptions;
  /** The secrets with which metadata proxies may sign. */
  readonly #secrets: readonly string[];
  readonly #conductor: ConductorClient;
  readonly #cache = new Map<string, Cached>();

  constructor(conductor: ConductorClient, api: ApiOptions, neutron: NeutronOptions, identity: IdentityOptions) {
    this.#api = api;
    this.#neutron = neutron;
    this.#secrets = metadataSecrets(neutron.metadataProxySharedSecret, identity.signingKeys);
    this.#conductor = conductor;
    onRestored(() => this.#cache.clear());
  }

  /** Throws Fault 400 and 403 for headers that are missing or wrongly signed, 404 for an unknown server. */
  async find(request: FastifyRequest): Promise<InstanceMetadataData> {
    if (!this.#isProxied(request)) return this.#ask(request, byAddress(request));
    const args = this.#signed(request);
    const key = JSON.stringify(args);
    const now = performance.now();
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.untilMs > now) return cached.data;
    const data = await this.#ask(request, args);
    this.#remember(key, data, now);
    return data;
  }

  /** Stores the guest's password. Errors as `find`, and Conflict if there already is one. */
  async leavePassword(request: FastifyRequest, password: string): Promise<void> {
    const asker = this.#isProxied(request) ? this.#signed(request) : byAddress(request);
    await this.#conductor.call(request, 'instance_password_set', Object.assign({ password }, asker), {
      elevated: true,
    });
    this.#cache.delete(JSON.stringify(asker));
  }

  async #ask(request: FastifyRequest, args: InstanceMetadataArgs): Promise<InstanceMetadataData> {
    const answer = await this.#conductor.call(request, 'instance_metadata', args, { elevated: true });
    return InstanceMetadata.unwrap(answer);
  }

  #remember(key: string, data: InstanceMetadataData, now: number): void {
    const metadataCacheMs = this.#api.metadataCacheExpiration * 1000;
    if (metadataCacheMs === 0) return;
    this.#cache.delete(key);
    if (this.#cache.size >= MAX_CACHED) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.set(key, { data, untilMs: now + metadataCacheMs });
  }

  /** Without the option, correctly signed headers are those of a proxy; others were written by a guest. */
  #isProxied({ headers }: FastifyRequest): boolean {
    if (this.#neutron.serviceMetadataProxy) return true;
    const { 'x-instance-id': id, 'x-instance-id-signature': signature } = headers;
    if (typeof id !== 'string' || typeof signature !== 'string') return false;
    return isSignedWith(this.#secrets, id, signature);
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
    if (!isSignedWith(this.#secrets, instanceId, signature)) {
      throw new Fault(403, 'Invalid proxy request signature.', { code: 'BadSignature' });
    }
    return { instance_id: instanceId, tenant_id: tenantId };
  }
}

function byAddress(request: FastifyRequest): InstanceMetadataArgs {
  return { address: addressOf(request.socket.remoteAddress ?? '') };
}
