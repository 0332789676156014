import type { InstanceNic, PortData, RequestedNetwork, ServerAddress } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import {
  activateForInstance,
  addressesOf,
  allocateForInstance,
  changeGroupOfInstance,
  deallocateForInstance,
  groupNamesOf,
  groupsForInstance,
  holdPorts,
  instancesAt,
  nicsOf,
  rebindPorts,
  resolveRequestedNetworks,
} from '../network/instance-ports.js';
import type { InstancePortsRequest, InstanceRef } from '../network/instance-ports.js';
import { NetworkPolicy } from '../network/network-policy.js';
import type { NetworkSettings } from '../network/network-settings.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { QuotaHold } from '../quota/quotas.js';
import type { Queries, Transaction } from '../store/index.js';

/** What servers need of the network side, always within the caller's transaction. */
export class InstanceNetworking {
  readonly #settings: NetworkSettings;
  readonly #authorizer: Authorizer;
  readonly #policy: NetworkPolicy;

  constructor(settings: NetworkSettings, authorizer: Authorizer) {
    this.#settings = settings;
    this.#authorizer = authorizer;
    this.#policy = new NetworkPolicy(authorizer);
  }

  /** Checks what a create asks for, as its user could ask the Network API for it, and resolves `auto`. */
  resolve(
    tx: Transaction,
    context: RequestContext,
    mode: 'auto' | 'none' | 'list',
    networks: readonly RequestedNetwork[],
  ): Promise<RequestedNetwork[]> {
    const target = { project_id: context.project_id, user_id: context.user_id };
    const mayAttachExternal = this.#authorizer.allows(context, 'compute', 'network:attach_external_network', target);
    return resolveRequestedNetworks(tx, { context, policy: this.#policy, mayAttachExternal }, mode, networks);
  }

  /** Holds the quota of ports of a server's project: before the server is locked. */
  async holdPorts(tx: Transaction, instanceId: string): Promise<QuotaHold<'network'> | undefined> {
    const row = await tx.selectFrom('instances').select('project_id').where('id', '=', instanceId).executeTakeFirst();
    return row === undefined ? undefined : holdPorts(tx, this.#settings, row.project_id);
  }

  /** Makes or takes the ports of a server; those that it has are answered, so it may be repeated. */
  allocate(tx: Transaction, request: InstancePortsRequest, hold?: QuotaHold<'network'>): Promise<PortData[]> {
    return allocateForInstance(tx, request, this.#settings, hold);
  }

  /** The server is on another host, or for an empty one on none: its ports are bound there. Answers them. */
  rebind(tx: Transaction, instance: InstanceRef, host: string): Promise<PortData[]> {
    return rebindPorts(tx, instance, host);
  }

  /** The server runs: its ports are ACTIVE. */
  activate(tx: Transaction, instance: InstanceRef): Promise<void> {
    return activateForInstance(tx, instance);
  }

  /** Deletes the ports that were made for a server (their ids) and frees those that its owner made. May be repeated. */
  deallocate(tx: Transaction, instance: InstanceRef): Promise<string[]> {
    return deallocateForInstance(tx, instance);
  }

  addresses(db: Queries, instances: readonly InstanceRef[]): Promise<Map<string, ServerAddress[]>> {
    return addressesOf(db, instances);
  }

  /** Checks the security groups that a create names. Errors: NetworkInvalid, Conflict. */
  async requireGroups(tx: Transaction, projectId: string, wanted: readonly string[]): Promise<void> {
    await groupsForInstance(tx, projectId, wanted);
  }

  /** Adds a security group to a server's ports, or takes it away. Errors: SecurityGroupNotFound, NetworkInvalid, Conflict. */
  changeGroup(
    tx: Transaction,
    instance: InstanceRef,
    projectId: string,
    wanted: { readonly name: string; readonly change: 'add' | 'remove' },
  ): Promise<void> {
    return changeGroupOfInstance(tx, instance, projectId, wanted);
  }

  /** Names of the security groups of servers' ports. */
  groupNames(db: Queries, instances: readonly InstanceRef[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return groupNamesOf(db, instances);
  }

  nics(db: Queries, instance: InstanceRef): Promise<readonly InstanceNic[]> {
    return nicsOf(db, instance);
  }

  /** Ids of the servers that an address alone names; several where shared networks overlap. */
  instancesAt(db: Queries, address: string): Promise<string[]> {
    return instancesAt(db, address);
  }
}
