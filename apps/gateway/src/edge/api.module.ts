import type { DynamicModule } from '@nestjs/common';
import {
  ApiListenOptions,
  ApiOptions,
  CatalogOptions,
  IdentityOptions,
  ImageOptions,
  ImageServiceOptions,
  NetworkOptions,
  NeutronOptions,
  TokenOptions,
} from '#libs/options';
import type { ApiDefinition } from './api-definition.js';
import { Edge } from './edge.js';
import { ConductorClient, IdentityClient, ImageClient, NetworkClient } from './rpc/clients.js';

/** Classes of options that controllers and their parts have injected, each as it is. */
const optionClasses: readonly (new () => object)[] = [
  ApiListenOptions,
  ApiOptions,
  CatalogOptions,
  IdentityOptions,
  ImageOptions,
  ImageServiceOptions,
  NetworkOptions,
  NeutronOptions,
  TokenOptions,
];

/** The root module of every API application. */
class ApiModule {}

/** Controllers and providers of an API, with Edge, options and the topic clients to inject. */
export function apiModule(api: ApiDefinition, edge: Edge): DynamicModule {
  const { callers } = edge;
  return {
    module: ApiModule,
    controllers: api.module.controllers ?? [],
    providers: [
      { provide: Edge, useValue: edge },
      { provide: ConductorClient, useValue: new ConductorClient(callers.conductor) },
      { provide: IdentityClient, useValue: new IdentityClient(callers.identity) },
      { provide: ImageClient, useValue: new ImageClient(callers.image) },
      { provide: NetworkClient, useValue: new NetworkClient(callers.network) },
      ...optionClasses.map((type) => ({ provide: type, useFactory: () => edge.options.get(type) })),
      ...(api.module.providers ?? []),
    ],
  };
}
