import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Service } from '#libs/contracts';
import type { ServiceData } from '#libs/contracts';
import { ResourceReader } from '../resource/resource-reader.js';

const GOOD_FOR_MS = 5_000;

/** nova's host_status: UP, DOWN, MAINTENANCE, UNKNOWN, or empty for a server without a host. Read at most every 5 s. */
@Injectable()
export class HostStatuses {
  readonly #reader: ResourceReader;
  #known: ReadonlyMap<string, ServiceData> = new Map();
  #untilMs = 0;

  constructor(reader: ResourceReader) {
    this.#reader = reader;
  }

  async lookup(request: FastifyRequest): Promise<(host: string | null) => string> {
    if (performance.now() >= this.#untilMs) {
      const { objects } = await this.#reader.list(request, Service, {}, { elevated: true });
      const hosts = objects.filter((service) => service.binary.endsWith('-compute'));
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
