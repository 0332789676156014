import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ServicePage } from '#libs/contracts';
import type { ServiceData } from '#libs/contracts';
import { ConductorClient } from '../../edge/rpc/clients.js';

const GOOD_FOR_MS = 5_000;

/** nova's host_status: UP, DOWN, MAINTENANCE, UNKNOWN, or empty for a server without a host. Asked at most every 5 s. */
@Injectable()
export class HostStatuses {
  readonly #conductor: ConductorClient;
  #known: ReadonlyMap<string, ServiceData> = new Map();
  #untilMs = 0;

  constructor(conductor: ConductorClient) {
    this.#conductor = conductor;
  }

  async lookup(request: FastifyRequest): Promise<(host: string | null) => string> {
    if (performance.now() >= this.#untilMs) {
      const page = await this.#conductor.call(request, 'service_list', {}, { elevated: true });
      const hosts = ServicePage.unwrap(page).objects.filter((service) => service.binary.endsWith('-compute'));
      this.#known = new Map(hosts.map((service) => [service.host, service]));
      this.#untilMs = performance.now() + GOOD_FOR_MS;
    }
    const known = this.#known;
    return (host) => {
      if (host === null) return '';
      const service = known.get(host);
      if (service === undefined) return 'UNKNOWN';
      if (service.status === 'disabled') return 'MAINTENANCE';
      return service.state === 'up' ? 'UP' : 'DOWN';
    };
  }
}
