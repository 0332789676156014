import { hostname } from 'node:os';
import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Contract } from '../contract/contract.js';
import { createTransport } from '../transport/create-transport.js';
import type { TransportOptions } from '../transport/create-transport.js';
import type { RpcServerOptions } from '../server/rpc-server.js';
import { DiscoveredEndpoints } from './discovered-endpoints.js';
import { provideClientProxy } from './rpc-client-proxy.js';
import { provideRpcClient, TRANSPORT } from './rpc-client.provider.js';

/** How an application is connected, and under which server name it serves its endpoints. */
export interface MessagingModuleOptions extends TransportOptions {
  /** Name of the servers, used to call one of several. @default the host's name */
  readonly server?: string;
  /** Only these topics of the endpoints found. @default all */
  readonly topics?: readonly string[];
  /** Options of one topic's server. */
  readonly forTopic?: (topic: string) => Partial<Omit<RpcServerOptions, 'topic' | 'server' | 'endpoints'>>;
  /** Milliseconds that running requests may take when the application closes. @default 30000 */
  readonly stopDeadlineMs?: number;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<MessagingModuleOptions>()
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** The typed client and the ClientProxy of each contract that `forFeature` names. */
@Module({})
class RpcClientsModule {}

/**
 * The bus in a Nest application: `forRoot(options)` or `forRootAsync({ inject, useFactory })` once,
 * `forFeature(contracts)` where clients are injected. Every `@RpcEndpoint` class among the controllers and providers of
 * the application is served from `onApplicationBootstrap` on; guards, interceptors and filters apply as elsewhere, with
 * the context type `rpc`. `app.enableShutdownHooks()` lets running requests end before the connection is closed.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: TRANSPORT,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ server: _s, topics: _t, forTopic: _f, stopDeadlineMs: _d, ...options }: MessagingModuleOptions) =>
        createTransport(options),
    },
    {
      provide: DiscoveredEndpoints.OPTIONS,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ server = hostname(), topics, forTopic, stopDeadlineMs }: MessagingModuleOptions) => ({
        server,
        ...(topics && { topics }),
        ...(forTopic && { forTopic }),
        ...(stopDeadlineMs !== undefined && { stopDeadlineMs }),
      }),
    },
    DiscoveredEndpoints,
  ],
  exports: [TRANSPORT],
})
export class MessagingModule extends ConfigurableModuleClass {
  /** Clients to inject: `@InjectRpcClient(contract)` and `@InjectClientProxy(contract)`. */
  static forFeature(contracts: readonly Contract[]): DynamicModule {
    const providers = contracts.flatMap((contract) => [provideRpcClient(contract), provideClientProxy(contract)]);
    return { module: RpcClientsModule, providers, exports: providers };
  }
}
