import { sql } from 'kysely';
import type { NetworkData, SubnetData, SubnetInput, AllocationPool, HostRoute } from '#libs/contracts';
import { ExpectedError } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Queries, Transaction } from '../../store/index.js';
import type { VisibleRows } from '../network-policy.js';
import { FOREIGN, FOREIGN_NETWORK } from '../network-policy.js';
import { schedule, SERVED_NETWORKS } from '../agents/agent-scheduling.js';
import { badRequest } from '../network.errors.js';
import { sharedWith } from '../sharing/shared-rows.js';
import { findNetwork, requireMtuFor, externalFor, ofNetworks } from '../networks/network-table.js';
import { NetworkManager } from '../networks/network-manager.js';
import { AUTO_DELETED_PORTS, ROUTER_INTERFACES } from '../ports/port-owners.js';
import { allocatePrefix } from '../subnet-pools/allocate-prefix.js';
import { requireSegmentChange, requireSegmentOfNew } from '../segments/subnet-segment.js';
import { addressPorts, refuseOverlap } from './insert-subnet.js';
import { isAutoAddressed } from './ipv6-modes.js';
import { findSubnet, subnetTable } from './subnet-table.js';
import { planSubnet, checkHostRoutes, checkNameservers, readGateway, requireServable } from './subnet-plan.js';
import { formatAddress, parseAddress, parseCidr } from '../ipam/address.js';
import { parsePools, poolOf, refuseGatewayInPools } from '../ipam/allocation-pools.js';
import type { SubnetLimits } from './subnet-plan.js';

/** Increments a network's revision; called for every change of its subnets. */
async function bumpNetwork(tx: Transaction, id: string): Promise<void> {
  await tx
    .updateTable('networks')
    .set((row) => ({ revision_number: row('revision_number', '+', 1), updated_at: sql<string>`business_now()` }))
    .where('id', '=', id)
    .execute();
}

/**
 * Errors besides those of every resource: NetworkNotFound, InvalidInput, those of pools, SubnetInUse, GatewayIpInUse.
 */
@Manages(subnetTable)
export class SubnetManager extends ResourceManager<SubnetData> {
  protected override visibleRows(context: RequestContext): readonly VisibleRows[] {
    const { project_id: project } = context;
    return [
      this.shared.policy.ownRows(context, 's', FOREIGN_NETWORK),
      {
        example: FOREIGN,
        parent: { project_id: project },
        condition: ofNetworks('s', sql<boolean>`n.project_id = ${project}`),
      },
      {
        example: FOREIGN,
        parent: { ...FOREIGN_NETWORK, shared: true },
        condition: ofNetworks('s', sharedWith(context, 'network', 'n')),
      },
      {
        example: { ...FOREIGN, 'router:external': true },
        parent: FOREIGN_NETWORK,
        condition: ofNetworks('s', externalFor(context)),
      },
    ];
  }

  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly Draft<SubnetData>[],
  ): Promise<void> {
    const networks = new Map<string, NetworkData>();
    // In a fixed order, so that bulk creates do not deadlock.
    for (const id of [...new Set(drafts.map(({ input }) => networkIdOf(input)))].toSorted()) {
      networks.set(id, await this.#lockNetwork(tx, context, id));
    }
    for (const draft of drafts) draft.parent = networks.get(networkIdOf(draft.input)) ?? {};
  }

  protected override parentOf(
    db: Queries,
    { network_id: id }: SubnetData,
    context: RequestContext,
  ): Promise<object | undefined> {
    return this.#networks.parentFor(db, context, id);
  }

  get #networks(): NetworkManager {
    return this.shared.managers.get(NetworkManager);
  }

  /**
   * Also locks a network that the caller may not see: neutron checks the policy first, which refuses the create (403).
   * Error NetworkNotFound.
   */
  async #lockNetwork(tx: Transaction, context: RequestContext, id: string): Promise<NetworkData> {
    const found = (await this.#networks.lock(tx, id, 'change'))
      ? await this.#networks.parentFor(tx, context, id)
      : undefined;
    if (found === undefined) throw this.#networks.notFound(id);
    return found;
  }

  protected override async beforeCreate(
    tx: Transaction,
    draft: Draft<SubnetData>,
    context: RequestContext,
  ): Promise<void> {
    const request = { input: draft.input, owner: draft.owner, networkId: networkIdOf(draft.input) };
    const { cidr, poolId } = await allocatePrefix(this.shared.managers, tx, context, request);
    draft.values['subnetpool_id'] = poolId;
    const isAllocated = draft.input.cidr === undefined && cidr !== undefined;
    const input = { ...draft.input, ...(cidr === undefined ? {} : { cidr }) };
    const plan = planSubnet(input, this.shared.settings.options, isAllocated);
    const network = draft.parent as NetworkData;
    // A changed policy may allow the create to a caller that may not see the network.
    if (network.project_id !== context.project_id) await this.#networks.get(context, network.id, tx);
    requireMtuFor([plan.ip_version], network.id, network.mtu);
    Object.assign(draft.values, plan);
    await requireSegmentOfNew(tx, {
      id: draft.id,
      network_id: network.id,
      segment_id: draft.input.segment_id ?? null,
      service_types: draft.input.service_types ?? [],
    });
  }

  protected override async insert(tx: Transaction, draft: Draft<SubnetData>): Promise<void> {
    await refuseOverlap(tx, networkIdOf(draft.input), String(draft.values['cidr']));
    await super.insert(tx, draft);
  }

  protected override async afterCreate(tx: Transaction, { id, input }: Draft<SubnetData>): Promise<void> {
    const subnet = await findSubnet(tx, id);
    if (subnet !== null && isAutoAddressed(subnet)) await addressPorts(tx, subnet);
    await schedule(tx, SERVED_NETWORKS, networkIdOf(input));
    await bumpNetwork(tx, networkIdOf(input));
  }

  protected override async beforeUpdate(tx: Transaction, { row, input, values }: Change<SubnetData>): Promise<void> {
    const { gateway_ip: gateway = row.gateway_ip } = input;
    if (gateway !== row.gateway_ip && row.gateway_ip !== null) await refuseServedGateway(tx, row);
    if (input.segment_id !== undefined) {
      const { segment_id: before = null, service_types: types = [] } = row;
      const placed = { ...row, segment_id: input.segment_id, service_types: input.service_types ?? types };
      await requireSegmentChange(tx, placed, before);
    }
    Object.assign(values, planChanges(row, input, this.shared.settings.options));
  }

  protected override async afterUpdate(tx: Transaction, { row }: Change<SubnetData>): Promise<void> {
    await schedule(tx, SERVED_NETWORKS, row.network_id);
    await bumpNetwork(tx, row.network_id);
  }

  protected override async beforeDelete(tx: Transaction, subnet: SubnetData): Promise<void> {
    await refuseInUse(tx, subnet);
  }

  protected override async afterDelete(tx: Transaction, { network_id: networkId }: SubnetData): Promise<void> {
    await bumpNetwork(tx, networkId);
  }

  /** Locks the network first, as in create, to avoid a deadlock. */
  override async lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean> {
    const found = await findSubnet(tx, id);
    if (found === null || (await findNetwork(tx, found.network_id, 'change')) === null) return false;
    return super.lock(tx, id, mode);
  }
}

function networkIdOf(input: SubnetInput): string {
  if (input.network_id === undefined) throw badRequest('subnet', 'network_id is required');
  return input.network_id;
}

/** Addresses that hosts generated do not count, since nobody requested them; a router's address always counts. */
async function refuseInUse(tx: Transaction, subnet: SubnetData): Promise<void> {
  const allocations = tx
    .selectFrom('ip_allocations')
    .innerJoin('ports', 'ports.id', 'ip_allocations.port_id')
    .select('ports.id')
    .where('ip_allocations.subnet_id', '=', subnet.id);
  const counted = isAutoAddressed(subnet)
    ? allocations.where('ports.device_owner', 'in', ROUTER_INTERFACES)
    : allocations.where('ports.device_owner', 'not in', AUTO_DELETED_PORTS);
  if ((await counted.limit(1).executeTakeFirst()) === undefined) return;
  const text = `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`;
  throw new ExpectedError('SubnetInUse', text, { id: subnet.id });
}

/** Error GatewayIpInUse if a router's interface has the gateway address, and the update changes or removes it. */
async function refuseServedGateway(tx: Transaction, { id, gateway_ip: address }: SubnetData): Promise<void> {
  const served = await sql<{ port_id: string }>`
    select a.port_id from ip_allocations a
    join router_interfaces i on i.port_id = a.port_id and i.subnet_id = a.subnet_id
    where a.subnet_id = ${id} and a.ip_address = ${address}::inet limit 1`.execute(tx);
  const port = served.rows[0]?.port_id;
  if (port === undefined) return;
  const text = `Current gateway ip ${String(address)} already in use by port ${port}. Unable to update.`;
  throw new ExpectedError('GatewayIpInUse', text);
}

/** The changes of a subnet's addressing in an update. */
interface SubnetChanges {
  readonly gateway_ip: string | null;
  readonly allocation_pools: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly HostRoute[];
}

/** Checks a change against the current subnet. Throws neutron's errors. */
function planChanges(subnet: SubnetData, input: SubnetInput, limits: SubnetLimits): SubnetChanges {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === null) throw new TypeError(`subnet ${subnet.id}: stored cidr "${subnet.cidr}" is none`);
  if (input.enable_dhcp === true && !subnet.enable_dhcp) requireServable(cidr);
  const gateway =
    input.gateway_ip === undefined
      ? subnet.gateway_ip === null
        ? null
        : parseAddress(subnet.gateway_ip)
      : readGateway(cidr, input.gateway_ip);
  const pools = parsePools(cidr, input.allocation_pools ?? subnet.allocation_pools);
  const isChanged = input.gateway_ip !== undefined || input.allocation_pools !== undefined;
  if (gateway !== null && isChanged) refuseGatewayInPools(gateway, pools);
  return {
    gateway_ip: gateway === null ? null : formatAddress(gateway),
    allocation_pools: pools.map(poolOf),
    dns_nameservers: checkNameservers(cidr, input.dns_nameservers ?? subnet.dns_nameservers, limits.maxDnsNameservers),
    host_routes: checkHostRoutes(cidr, input.host_routes ?? subnet.host_routes, limits.maxSubnetHostRoutes),
  };
}
