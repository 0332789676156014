import type { PortData, RequestedNetwork, ServerAddress } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import {
  activateForInstance,
  addressesOf,
  allocateForInstance,
  deallocateForInstance,
  instancesAt,
  resolveRequestedNetworks,
} from '../network/instance-ports.js';
import type { InstancePortsRequest } from '../network/instance-ports.js';
import type { NetworkSettings } from '../network/network-settings.js';
import type { Queries, Transaction } from '../store/index.js';

/** What servers need of the network side, always within the caller's transaction. */
export class InstanceNetworking {
  readonly #settings: NetworkSettings;

  constructor(settings: NetworkSettings) {
    this.#settings = settings;
  }

  /** Checks what a create asks for and resolves `auto`. */
  resolve(
    tx: Transaction,
    context: RequestContext,
    mode: 'auto' | 'none' | 'list',
    networks: readonly RequestedNetwork[],
  ): Promise<RequestedNetwork[]> {
    return resolveRequestedNetworks(tx, context, mode, networks);
  }

  /** Makes or takes the ports of a server; those that it has are answered, so it may be repeated. */
  allocate(tx: Transaction, request: InstancePortsRequest): Promise<PortData[]> {
    return allocateForInstance(tx, request, this.#settings);
  }

  /** The server runs: its ports are ACTIVE. */
  activate(tx: Transaction, instanceId: string): Promise<void> {
    return activateForInstance(tx, instanceId);
  }

  /** Deletes the ports that were made for a server (their ids) and frees those that its owner made. May be repeated. */
  deallocate(tx: Transaction, instanceId: string): Promise<string[]> {
    return deallocateForInstance(tx, instanceId);
  }

  addresses(db: Queries, instanceIds: readonly string[]): Promise<Map<string, ServerAddress[]>> {
    return addressesOf(db, instanceIds);
  }

  /** Ids of the servers that have an address; several where networks overlap. */
  instancesAt(db: Queries, address: string): Promise<string[]> {
    return instancesAt(db, address);
  }
}
