import { methodNames } from '#libs/contracts';
import type { ListArgs, ResourceActionArgs, ResourceTable } from '#libs/contracts';
import { RpcMethod } from '#libs/messaging/nest';
import type { RequestContext } from '#libs/telemetry';
import type { ResourceNotices } from '../notifications/resource-notices.js';
import type { Manager } from './resource-managers.js';

/** The arguments of any of the methods; each method reads the ones of its own class in the contract. */
type Arguments = ListArgs & ResourceActionArgs & Readonly<Record<string, unknown>>;

/** The part of a manager that the endpoint calls. */
export type ServedManager = Pick<Manager, 'declaration' | 'list' | 'get' | 'create' | 'update' | 'delete' | 'act'>;

type Serve = (context: RequestContext, args: Arguments) => Promise<unknown>;

/** The RPC methods of a topic's resources, named as in `declarationOf`: each calls the manager. */
export class ResourceHandlers {
  readonly #handlers = new Map<string, Serve>();

  /**
   * @param notices receives changes; undefined: no notifications
   * @param changed called after each change
   */
  constructor(
    managers: Iterable<ServedManager>,
    notices?: ResourceNotices,
    private readonly changed?: (context: RequestContext) => void,
  ) {
    for (const manager of managers) this.#add(manager, notices);
  }

  serve(method: string, context: RequestContext, args: object): Promise<unknown> {
    const handler = this.#handlers.get(method);
    if (handler === undefined) throw new TypeError(`no resource has the method ${method}`);
    // The server has checked the arguments against the contract's class.
    return handler(context, args as Arguments);
  }

  #add(manager: ServedManager, notices: ResourceNotices | undefined): void {
    const { declaration } = manager;
    const { qualified: name, object, page, plural, singular, actions } = declaration;
    const add = (method: string, serve: Serve): void => {
      this.#handlers.set(`${name}_${method}`, serve);
    };
    const addChange = (method: string, serve: Serve): void =>
      add(method, async (context, args) => {
        const answer = await serve(context, args);
        this.changed?.(context);
        return answer;
      });
    add('list', async (context, args) => page.wrap(await manager.list(context, args)));
    add('get', async (context, { id, parent_id: parentId }) =>
      object.wrap(await manager.get(context, id, undefined, parentId)),
    );
    addChange('create', async (context, args) => {
      const given = args[plural];
      const inputs: readonly object[] = Array.isArray(given) ? given : [];
      const work = (): Promise<readonly object[]> => manager.create(context, inputs);
      const created = await (notices === undefined ? work() : notices.create(declaration, inputs, work));
      return page.wrap({ objects: created, next_marker: null });
    });
    addChange('update', async (context, args) => {
      const input = args[singular];
      const changes = typeof input === 'object' && input !== null ? input : {};
      const work = (): Promise<object> => manager.update(context, args, changes);
      return object.wrap(await (notices === undefined ? work() : notices.update(declaration, args.id, changes, work)));
    });
    addChange('delete', async (context, args) => {
      const work = (): Promise<void> => manager.delete(context, args);
      await (notices === undefined ? work() : notices.delete(declaration, args.id, work));
      return null;
    });
    for (const [action, { answer }] of actions) {
      addChange(action, async (context, args) => {
        const result = await manager.act(context, action, args);
        return answer === 'resource' ? object.wrap(result) : result;
      });
    }
  }
}

/** The class of an endpoint that has the handlers of its topic's resources. */
interface ServingClass {
  readonly prototype: { readonly handlers: ResourceHandlers };
}

/** A handler of one RPC method; it gets the endpoint instance. */
type Method<E> = (endpoint: E, context: RequestContext, args: never) => Promise<unknown>;

/** Adds methods to an endpoint's class; their names are derived from declarations. */
export function addMethods<E extends object>(prototype: E, methods: Iterable<readonly [string, Method<E>]>): void {
  for (const [name, serve] of methods) {
    const descriptor: PropertyDescriptor = {
      configurable: true,
      writable: true,
      value(this: E, context: RequestContext, args: never) {
        return serve(this, context, args);
      },
    };
    RpcMethod(name)(prototype, name, descriptor);
    Object.defineProperty(prototype, name, descriptor);
  }
}

/** Adds the methods of resources to an endpoint's class. It stands below @RpcEndpoint, which reads them. */
export function ServesResources(resources: ResourceTable) {
  return ({ prototype }: ServingClass): void =>
    addMethods(
      prototype,
      methodNames(resources).map((name) => [
        name,
        ({ handlers }, context, args) => handlers.serve(name, context, args),
      ]),
    );
}
