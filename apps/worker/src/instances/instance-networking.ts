import { ExpectedError } from '#libs/contracts';
import type { InstanceNic, PortData, RequestedNetwork } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import {
  activateForInstance,
  addAddressToInstance,
  allocateForInstance,
  attachToInstance,
  bindAhead,
  changeGroupOfInstance,
  deallocateForInstance,
  detachFromInstance,
  groupsForInstance,
  hasUsableNetwork,
  holdPorts,
  instancesAt,
  networkInfoOf,
  nicsOf,
  portsOf,
  rebindPorts,
  removeAddressOfInstance,
  resolveAttachment,
  resolveRequestedNetworks,
} from '../network/instance-ports.js';
import type { InstancePortsRequest, InstanceRef, NetworkInfo, RequestRules } from '../network/instance-ports.js';
import type { AutoAllocatedTopologies } from '../network/auto-topology/auto-allocated-topologies.js';
import { NetworkPolicy } from '../network/network-policy.js';
import type { NetworkSettings } from '../network/network-settings.js';
import type { Authorizer } from '../policy/authorizer.js';
import type { QuotaHold } from '../quota/quotas.js';
import type { Queries, Transaction } from '../store/index.js';

/** One more port for a server. */
export interface AttachedInterface {
  /** The network or port that the request names. */
  readonly asked: RequestedNetwork | undefined;
  readonly tag: string | null;
  readonly hold: QuotaHold<'network'> | undefined;
}

/** Operations on networks for servers, always within the caller's transaction. */
export class InstanceNetworking {
  readonly #settings: NetworkSettings;
  readonly #authorizer: Authorizer;
  readonly #policy: NetworkPolicy;

  /** @param topologies creates a network for projects that have none */
  constructor(
    settings: NetworkSettings,
    authorizer: Authorizer,
    private readonly topologies: () => AutoAllocatedTopologies,
  ) {
    this.#settings = settings;
    this.#authorizer = authorizer;
    this.#policy = new NetworkPolicy(authorizer);
  }

  /**
   * Creates a network for a server that requests `auto`, if its project can use none yet. Called before the server's
   * transaction, since it takes several transactions. Error NetworkInvalid if the cloud is not set up for it.
   */
  async provideNetwork(db: Queries, context: RequestContext): Promise<void> {
    const projectId = context.project_id ?? '';
    if (await hasUsableNetwork(db, this.#rules(context, projectId))) return;
    try {
      await this.topologies().get(context, projectId);
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.code !== 'AutoAllocationFailure') throw error;
      const text = `Unable to automatically allocate a network for project ${projectId}`;
      throw new ExpectedError('NetworkInvalid', text);
    }
  }

  /**
   * Checks the networks of a create with the same permissions as the user has in the Network API, and resolves `auto`.
   */
  resolve(
    tx: Transaction,
    context: RequestContext,
    mode: 'auto' | 'none' | 'list',
    networks: readonly RequestedNetwork[],
  ): Promise<RequestedNetwork[]> {
    return resolveRequestedNetworks(tx, this.#rules(context, context.project_id ?? ''), mode, networks);
  }

  /**
   * Adds a port to a server, bound to its host: an existing port, a new one, or one on the only network that the
   * project can use. Returns its id. Errors with nova's texts: PortNotFound, NetworkNotFound, NetworkInvalid,
   * PortInUse, IpAddressAlreadyAllocated, QuotaExceeded, PolicyNotAuthorized.
   */
  async attach(
    tx: Transaction,
    context: RequestContext,
    instance: InstanceRef & { readonly host: string | null },
    { asked, tag, hold }: AttachedInterface,
  ): Promise<string> {
    const rules = this.#rules(context, instance.project_id);
    const entry = await resolveAttachment(tx, rules, asked, tag);
    const request = { instance_id: instance.id, project_id: instance.project_id, host: instance.host ?? '' };
    const port = await attachToInstance(tx, { ...request, requested: [entry] }, this.#settings, hold);
    return port.id;
  }

  /** Removes a port from a server: deletes a port that was created for it, and frees any other. Error: PortNotFound. */
  detach(tx: Transaction, instance: InstanceRef, portId: string): Promise<void> {
    return detachFromInstance(tx, instance, portId);
  }

  /** Adds an address to a port of the server on a network. Errors: NetworkNotFound, NetworkInvalid. */
  addAddress(tx: Transaction, instance: InstanceRef, networkId: string): Promise<void> {
    return addAddressToInstance(tx, instance, networkId);
  }

  /** Removes an address from the server's port that has it. Error: NetworkInvalid. */
  removeAddress(tx: Transaction, instance: InstanceRef, address: string): Promise<void> {
    return removeAddressOfInstance(tx, instance, address);
  }

  /** A server's ports, in the order of its NICs. */
  ports(db: Queries, instance: InstanceRef): Promise<readonly PortData[]> {
    return portsOf(db, instance);
  }

  /** Locks the quota of ports of a server's project; called before the server is locked. */
  async holdPorts(tx: Transaction, instanceId: string): Promise<QuotaHold<'network'> | undefined> {
    const row = await tx.selectFrom('instances').select('project_id').where('id', '=', instanceId).executeTakeFirst();
    return row === undefined ? undefined : this.holdPortsOf(tx, row.project_id);
  }

  /** The same for a project that the caller already knows. */
  holdPortsOf(tx: Transaction, projectId: string): Promise<QuotaHold<'network'>> {
    return holdPorts(tx, this.#settings, projectId);
  }

  /**
   * Creates or takes over the ports of a server. If the server already has ports, returns those, so it may be repeated.
   */
  allocate(tx: Transaction, request: InstancePortsRequest, hold?: QuotaHold<'network'>): Promise<PortData[]> {
    return allocateForInstance(tx, request, this.#settings, hold);
  }

  /** Binds the server's ports to its new host, or unbinds them for an empty host. Returns them. */
  rebind(tx: Transaction, instance: InstanceRef, host: string): Promise<PortData[]> {
    return rebindPorts(tx, instance, host);
  }

  /** Gives the server's ports INACTIVE bindings on the host to which it is about to move. */
  bindAhead(tx: Transaction, instance: InstanceRef, host: string): Promise<void> {
    return bindAhead(tx, instance, host);
  }

  /** Sets the ports of a running server ACTIVE. */
  activate(tx: Transaction, instance: InstanceRef): Promise<void> {
    return activateForInstance(tx, instance);
  }

  /**
   * Deletes the ports that were created for a server and frees those that its owner created. Returns the ids of the
   * deleted ports. May be repeated.
   */
  deallocate(tx: Transaction, instance: InstanceRef): Promise<string[]> {
    return deallocateForInstance(tx, instance);
  }

  /** Addresses and security group names of servers. */
  networkInfo(db: Queries, instances: readonly InstanceRef[]): Promise<NetworkInfo> {
    return networkInfoOf(db, instances);
  }

  /** Checks the security groups that a create names. Errors: NetworkInvalid, Conflict. */
  async requireGroups(tx: Transaction, projectId: string, wanted: readonly string[]): Promise<void> {
    await groupsForInstance(tx, projectId, wanted);
  }

  /**
   * Adds a security group to a server's ports, or removes it. Errors: SecurityGroupNotFound, NetworkInvalid, Conflict.
   */
  changeGroup(
    tx: Transaction,
    instance: InstanceRef,
    projectId: string,
    wanted: { readonly name: string; readonly change: 'add' | 'remove' },
  ): Promise<void> {
    return changeGroupOfInstance(tx, instance, projectId, wanted);
  }

  #rules(context: RequestContext, projectId: string): RequestRules {
    const target = { project_id: context.project_id, user_id: context.user_id };
    const mayAttachExternal = this.#authorizer.allows(context, 'compute', 'network:attach_external_network', target);
    return { context, policy: this.#policy, mayAttachExternal, projectId };
  }

  nics(db: Queries, instance: InstanceRef): Promise<readonly InstanceNic[]> {
    return nicsOf(db, instance);
  }

  /** Ids of the servers that have an address; several if shared networks overlap. */
  instancesAt(db: Queries, address: string): Promise<string[]> {
    return instancesAt(db, address);
  }
}
