import { call } from '#libs/messaging';
import type { CallMethod } from '#libs/messaging';
import { ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { ResourceArgs, ResourceTarget, actionArgs, createArgs, updateArgs } from './resource-args.js';
import type { ResourceCreateArgs, ResourceUpdateArgs } from './resource-args.js';
import { declarationOf, resourceRule } from './resource.js';
import type { Declaration, Operation, ResourceClass } from './resource.js';

/** Resources by the prefix of their methods on the bus: `{ network: Network }`. */
export type ResourceTable = Readonly<Record<string, ResourceClass>>;

type Row<T extends ResourceTable, K extends keyof T> = InstanceType<T[K]>;

/** The five methods of each resource of a table, in the form of a contract. */
export type ResourceMethods<T extends ResourceTable> = {
  readonly [K in keyof T & string as `${K}_list`]: CallMethod<ListArgs, VersionedObject<Page<Row<T, K>>>>;
} & {
  readonly [K in keyof T & string as `${K}_get`]: CallMethod<ResourceArgs, VersionedObject<Row<T, K>>>;
} & {
  readonly [K in keyof T & string as `${K}_create`]: CallMethod<
    ResourceCreateArgs<Row<T, K>>,
    VersionedObject<Page<Row<T, K>>>
  >;
} & {
  readonly [K in keyof T & string as `${K}_update`]: CallMethod<
    ResourceUpdateArgs<Row<T, K>, K>,
    VersionedObject<Row<T, K>>
  >;
} & { readonly [K in keyof T & string as `${K}_delete`]: CallMethod<ResourceTarget, null> };

/** The methods of resources, for a contract. Throws TypeError if a key differs from the resource's name. */
export function resourceMethods<const T extends ResourceTable>(resources: T): ResourceMethods<T> {
  const methods: Record<string, CallMethod<object, object | null>> = {};
  for (const [name, type] of Object.entries(resources)) {
    const declaration = declarationOf(type);
    if (declaration.qualified !== name) {
      throw new TypeError(`resources: ${type.name} stands under ${name}, expected ${declaration.qualified}`);
    }
    Object.assign(methods, methodsOf(declaration));
  }
  // Built from the same table as the type.
  return methods as ResourceMethods<T>;
}

function methodsOf(declaration: Declaration): Record<string, CallMethod<object, object | null>> {
  const { qualified: name, since } = declaration;
  const read = { idempotent: true, since } as const;
  const access = (operation: 'list' | 'get' | 'create' | 'update' | 'delete'): readonly [string] => [
    resourceRule(declaration, operation),
  ];
  const actions = [...declaration.actions].map(([action, options]) => [
    `${name}_${action}`,
    call<object, object>({
      access: [options.policy ?? action],
      args: actionArgs(options),
      since: options.since ?? since,
      idempotent: options.method === 'GET',
    }),
  ]);
  const operations: Record<Operation, CallMethod<object, object | null>> = {
    list: call<ListArgs, object>({ ...read, access: access('list'), args: ListArgs }),
    get: call<ResourceArgs, object>({ ...read, access: access('get'), args: ResourceArgs }),
    create: call<object, object>({ access: access('create'), args: createArgs(declaration), since }),
    update: call<object, object>({ access: access('update'), args: updateArgs(declaration), since }),
    delete: call<ResourceTarget, null>({ access: access('delete'), args: ResourceTarget, since }),
  };
  const there = [...declaration.operations].map((operation) => [`${name}_${operation}`, operations[operation]]);
  return { ...Object.fromEntries(there), ...Object.fromEntries(actions) };
}

/** The declarations of a table's resources. */
export function declarationsOf(resources: ResourceTable): readonly Declaration[] {
  return Object.values(resources).map((type) => declarationOf(type));
}

/** The prefixes of the methods of resources. */
export function methodNames(resources: ResourceTable): readonly string[] {
  return declarationsOf(resources).flatMap(({ qualified, operations, actions }) => {
    return [...operations, ...actions.keys()].map((method) => `${qualified}_${method}`);
  });
}
