import type { Declaration, ListArgs, Page, ResourceActionArgs, ResourceClass, ResourceTarget } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Store, Transaction } from '../store/index.js';
import type { NetworkPolicy } from '../network/network-policy.js';
import type { Quotas } from '../quota/quotas.js';
import type { NetworkSettings } from '../network/network-settings.js';
import { managedTable } from './manages.js';
import type { ResourceRow } from './resource-rows.js';
import type { TagChanges } from './change-tags.js';

/** The services that every manager uses. */
export interface ManagerContext {
  readonly store: Store;
  readonly policy: NetworkPolicy;
  readonly settings: NetworkSettings;
  readonly quotas: Quotas;
  readonly managers: ResourceManagers;
}

/** A ResourceManager of any resource. */
export interface Manager {
  readonly declaration: Declaration;
  requireHandlers(): void;
  list(context: RequestContext, args: ListArgs): Promise<Page<object>>;
  get(context: RequestContext, id: string, db?: Queries, parentId?: string): Promise<object>;
  create(context: RequestContext, inputs: readonly object[]): Promise<readonly object[]>;
  update(context: RequestContext, target: ResourceTarget, input: object): Promise<object>;
  delete(context: RequestContext, target: ResourceTarget): Promise<void>;
  act(context: RequestContext, name: string, args: ResourceActionArgs): Promise<object>;
  changeTags(context: RequestContext, id: string, changes: TagChanges): Promise<readonly string[]>;
  find(db: Queries, id: string): Promise<ResourceRow | undefined>;
  lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean>;
  lockVisible(tx: Transaction, context: RequestContext, id: string): Promise<ResourceRow>;
  touch(tx: Transaction, id: string): Promise<void>;
}

export type ManagerClass<M extends Manager = Manager> = new (context: ManagerContext) => M;

/** The managers of a topic's resources, each created once. Managers find each other through this class. */
export class ResourceManagers {
  readonly #byClass = new Map<ManagerClass, Manager>();
  readonly #byResource = new Map<ResourceClass, Manager>();

  /** Throws TypeError if a resource of the contract has no manager, or has two. */
  constructor(
    context: Omit<ManagerContext, 'managers'>,
    resources: Readonly<Record<string, ResourceClass>>,
    classes: readonly ManagerClass[],
  ) {
    for (const type of classes) {
      const manager = new type({ ...context, managers: this });
      const resource = managedTable(type).declaration.type;
      if (this.#byResource.has(resource)) throw new TypeError(`${resource.name} has two managers`);
      this.#byClass.set(type, manager);
      this.#byResource.set(resource, manager);
      manager.requireHandlers();
    }
    for (const resource of Object.values(resources)) {
      if (!this.#byResource.has(resource)) throw new TypeError(`the resource ${resource.name} has no manager`);
    }
  }

  get<M extends Manager>(type: ManagerClass<M>): M {
    const manager = this.#byClass.get(type);
    if (!(manager instanceof type)) throw new TypeError(`there is no ${type.name}`);
    return manager;
  }

  /** The manager of a declared resource. */
  of(resource: ResourceClass): Manager {
    const manager = this.#byResource.get(resource);
    if (manager === undefined) throw new TypeError(`the resource ${resource.name} has no manager`);
    return manager;
  }

  [Symbol.iterator](): Iterator<Manager> {
    return this.#byResource.values();
  }
}
