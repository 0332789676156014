import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import { getLogger } from '#libs/telemetry';
import type { Contract } from '../contract/contract.js';
import type { Handler } from '../server/delivery.js';
import type { RpcServer } from '../server/rpc-server.js';
import type { Transport } from '../transport/transport.js';
import { endpointOf } from './rpc-endpoint.decorators.js';
import { TRANSPORT } from './rpc-client.provider.js';
import { serversFor, settled, startedOr } from './serve-endpoints.js';
import type { ServeOptions } from './serve-endpoints.js';

const log = getLogger('albireo.messaging');
/** How long a start waits for the broker. */
const startWaitMs = 2_000;

/** Serves the @RpcEndpoint classes of an application while it runs, and closes its transport at the end. */
@Injectable()
export class DiscoveredEndpoints implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  static readonly OPTIONS = Symbol('albireo:endpoint-options');

  #servers: readonly RpcServer[] = [];

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(ExternalContextCreator) private readonly contexts: ExternalContextCreator,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(DiscoveredEndpoints.OPTIONS) private readonly options: ServeOptions,
  ) {}

  /** Rejects when an endpoint can never be served; a broker that is down is waited for in the background. */
  async onApplicationBootstrap(): Promise<void> {
    const found = new Map<Contract, Record<string, Handler<never, unknown>>>();
    for (const wrapper of [...this.discovery.getControllers(), ...this.discovery.getProviders()]) {
      const instance: unknown = wrapper.instance;
      const endpoint = typeof wrapper.metatype === 'function' ? endpointOf(wrapper.metatype) : undefined;
      if (endpoint === undefined || typeof instance !== 'object' || instance === null) continue;
      const handlers = found.get(endpoint.contract) ?? {};
      for (const [method, key] of endpoint.methods) handlers[method] = this.#handler(instance, key);
      found.set(endpoint.contract, handlers);
    }
    this.#servers = serversFor(this.transport, found, this.options);
    const started = Promise.all(this.#servers.map((server) => server.start()));
    started.catch((error: unknown) => log.exception(error, 'The endpoints cannot be served'));
    await startedOr(started, startWaitMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop(this.options.stopDeadlineMs)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.stop();
  }

  /** Through Nest, so that guards, interceptors and filters see the message. */
  #handler(instance: object, key: string): Handler<never, unknown> {
    const serve: unknown = Reflect.get(instance, key);
    if (typeof serve !== 'function') throw new TypeError(`${key} is no method`);
    const run = this.contexts.create(
      instance,
      serve as (...args: unknown[]) => unknown,
      key,
      undefined,
      undefined,
      undefined,
      undefined,
      { guards: true, interceptors: true, filters: true },
      'rpc',
    );
    return (context, args, delivery) => settled(run(context, args, delivery));
  }
}
