import { defaultAccessPolicy } from './access-policy.js';
import type { AccessPolicy } from './access-policy.js';
import type { Contract, Method } from '../contract/contract.js';
import type { Handler } from './delivery.js';
import type { RpcEndpointDefinition } from './rpc-endpoint.js';
import { isCompatible } from '../contract/version.js';
import { argumentChecker } from '../contract/argument-checker.js';
import type { ArgumentChecker } from '../contract/argument-checker.js';
import { DispatchError } from '../wire/failure.js';

export interface Served {
  readonly contract: Contract;
  readonly method: Method;
  readonly check: ArgumentChecker;
  readonly run: Handler<object | null, unknown>;
}

interface Endpoint {
  readonly contract: Contract;
  readonly namespaces: ReadonlySet<string | null>;
  readonly version: string;
  readonly methods: ReadonlyMap<string, Served>;
}

/** Finds the handler of a request by oslo's rules (oslo_messaging/rpc/dispatcher.py). */
export class Dispatcher {
  readonly #endpoints: readonly Endpoint[];
  readonly #known = new Map<string, Served>();

  /** Throws TypeError for a method without a handler. */
  constructor(
    endpoints: readonly RpcEndpointDefinition[],
    readonly policy: AccessPolicy = defaultAccessPolicy,
  ) {
    this.#endpoints = endpoints.map(({ contract, handlers, legacyNamespaces = [] }) => {
      const methods = new Map<string, Served>();
      for (const [name, method] of Object.entries(contract.methods)) {
        const run = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
        if (run === undefined) throw new TypeError(`${contract.topic}: no handler for method "${name}"`);
        const check = argumentChecker(name, method.args);
        // The checker returns exactly the type that the contract declares.
        methods.set(name, { contract, method, check, run: run as Handler<object | null, unknown> });
      }
      const namespaces = new Set([contract.namespace, ...legacyNamespaces]);
      return { contract, namespaces, version: contract.version, methods };
    });
  }

  /** Whether a later minor version of a contract served here may know the method that `find` refused. */
  isNewer(namespace: string | null, version: string): boolean {
    return this.#endpoints.some(
      (endpoint) =>
        endpoint.namespaces.has(namespace) &&
        !isCompatible(endpoint.version, version) &&
        isCompatible(version, endpoint.version),
    );
  }

  /** Throws DispatchError NoSuchMethod or UnsupportedVersion. */
  find(namespace: string | null, version: string, name: string): Served {
    const key = `${namespace ?? ''} ${version} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let compatible = false;
    for (const endpoint of this.#endpoints) {
      if (!endpoint.namespaces.has(namespace) || !isCompatible(endpoint.version, version)) continue;
      compatible = true;
      const served = endpoint.methods.get(name);
      if (served === undefined || !this.policy.isAllowed(endpoint.contract, name)) continue;
      this.#known.set(key, served);
      return served;
    }
    if (compatible) throw new DispatchError('NoSuchMethod', `Endpoint does not support RPC method ${name}`);
    throw new DispatchError(
      'UnsupportedVersion',
      `Endpoint does not support RPC version ${version}. Attempted method: ${name}`,
    );
  }
}
