import type { DynamicModule } from '@nestjs/common';
import { PARAMTYPES_METADATA, SELF_DECLARED_DEPS_METADATA } from '@nestjs/common/constants.js';
import { isOptionGroup } from '#libs/options';
import type { OptionGroupClass } from '#libs/options';
import type { ApiDefinition } from './api-definition.js';
import { Edge } from './edge.js';
import { ConductorClient, IdentityClient, ImageClient, NetworkClient } from './rpc/clients.js';

/** The root module of every API application. */
class ApiModule {}

/** Controllers and providers of an API, together with Edge, the topic clients and the options that they inject. */
export function apiModule({ module: { controllers = [], providers = [] } }: ApiDefinition, edge: Edge): DynamicModule {
  const { callers } = edge;
  const options = injectedOptions([...controllers, ...providers]);
  return {
    module: ApiModule,
    controllers,
    providers: [
      { provide: Edge, useValue: edge },
      { provide: ConductorClient, useValue: new ConductorClient(callers.conductor) },
      { provide: IdentityClient, useValue: new IdentityClient(callers.identity) },
      { provide: ImageClient, useValue: new ImageClient(callers.image) },
      { provide: NetworkClient, useValue: new NetworkClient(callers.network) },
      ...options.map((type) => ({ provide: type, useFactory: () => edge.options.get(type) })),
      ...providers,
    ],
  };
}

/** The option classes that the constructors of these classes name, by `@Inject` or by their types. */
export function injectedOptions(classes: readonly unknown[]): readonly OptionGroupClass[] {
  const tokens = classes.flatMap((type) => {
    if (typeof type !== 'function') return [];
    const types = listOf(Reflect.getMetadata(PARAMTYPES_METADATA, type));
    const named = listOf(Reflect.getMetadata(SELF_DECLARED_DEPS_METADATA, type));
    return [...types, ...named.map((one) => Reflect.get(Object(one), 'param'))];
  });
  return [...new Set(tokens.filter((token) => isOptionGroup(token)))];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
