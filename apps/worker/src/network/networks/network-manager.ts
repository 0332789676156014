import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs, NetworkData, Page, ResourceActionArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction, Queries } from '../../store/index.js';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import { deleteRow, insertReading } from '../../resources/resource-rows.js';
import { SERVED_NETWORKS, requireZones } from '../agents/agent-scheduling.js';
import { agentsOf } from '../agents/agent-table.js';
import { invalidInput } from '../network.errors.js';
import { AUTO_DELETED_PORTS, ROUTER_GATEWAY } from '../ports/port-owners.js';
import { ALL, EXTERNAL, SHARED, markShared, openToAll, removePolicies } from '../sharing/shared-rows.js';
import type { SharedObject } from '../sharing/shared-rows.js';
import { QosPolicyManager } from '../qos/qos-policy-manager.js';
import { requireMtuFor, networkTable, visibleNetworks } from './network-table.js';
import {
  addSegment,
  hasSegment,
  overheadOf,
  plannedSegments,
  requireFreePhysicalNetwork,
  tellSegments,
} from '../segments/segment-rows.js';
import { withSegmentationId } from './network-segment.js';

/** Error DefaultExternalNetworkExists: a cloud has at most one. Concurrent callers wait for each other. */
async function requireNoDefaultNetwork(tx: Transaction, ownId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('networks:default', 0))`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    select id from networks where is_default and router_external and id <> ${ownId} limit 1`.execute(tx);
  const [found] = rows;
  if (found === undefined) return;
  const text = `A default external network already exists: ${found.id}.`;
  throw new ExpectedError('DefaultExternalNetworkExists', text);
}

/** The most ports that the error for a network in use names. */
const MOST_NAMED = 100;

/**
 * Errors besides those of every resource: SegmentationIdInUse, FlatNetworkInUse, SegmentsContainDuplicateEntry,
 * NoNetworkAvailable, InvalidSharedSetting, NetworkInUse, ExternalNetworkInUse.
 */
@Manages(networkTable)
export class NetworkManager extends ResourceManager<NetworkData> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<NetworkData>>> = {
    list_dhcp_agents: (tx, { id }) => agentsOf(tx, SERVED_NETWORKS, id),
  };

  protected override visible(context: RequestContext): RawBuilder<boolean> {
    return visibleNetworks(this.shared.policy, context);
  }

  protected override async beforeCreate(
    tx: Transaction,
    { id, input, values, owner }: Draft<NetworkData>,
    context: RequestContext,
  ): Promise<void> {
    if (input.is_default === true && input.router_external === true) await requireNoDefaultNetwork(tx, id);
    await requireZones(tx, SERVED_NETWORKS, input.availability_zone_hints ?? []);
    const policies = this.shared.managers.get(QosPolicyManager);
    await policies.refer(tx, context, input.qos_policy_id);
    values['qos_policy_id'] = input.qos_policy_id ?? policies.defaultOf(owner);
    values['mtu'] = this.#mtu(input.mtu ?? 0, Math.max(...plannedSegments(input).map(({ overhead }) => overhead)));
    values['status'] = 'ACTIVE';
  }

  protected override async insert(
    tx: Transaction,
    { id, input, owner, values }: Draft<NetworkData>,
  ): Promise<NetworkData | undefined> {
    const [segment, ...others] = plannedSegments(input);
    await requireFreePhysicalNetwork(tx, segment);
    let made: NetworkData | null = null;
    await withSegmentationId(segment, async (segmentationId) => {
      const placed = {
        ...values,
        provider_network_type: segment.type,
        provider_physical_network: segment.physicalNetwork,
        provider_segmentation_id: segmentationId,
      };
      const [row, isPlaced] = await Promise.all([insertReading(tx, networkTable, placed), hasSegment(tx, id)]);
      made = row;
      if (isPlaced) return true;
      if (row !== null) await deleteRow(tx, networkTable, id);
      return false;
    });
    for (const other of others) await addSegment(tx, id, other, { project_id: owner });
    if (others.length === 0) return made ?? undefined;
    await tellSegments(tx, id);
    return undefined;
  }

  protected override async beforeUpdate(
    tx: Transaction,
    { row, input, values }: Change<NetworkData>,
    context: RequestContext,
  ): Promise<void> {
    await this.shared.managers.get(QosPolicyManager).replace(tx, context, input.qos_policy_id, row.qos_policy_id);
    const { is_default: isDefault = row.is_default, router_external: isOutside = row.router_external } = input;
    if (isDefault && isOutside && !(row.is_default && row.router_external)) await requireNoDefaultNetwork(tx, row.id);
    // The lock keeps new users of the network out between this check and the commit.
    if (input.shared === false || input.router_external === false) await this.lock(tx, row.id, 'remove');
    if (row.shared && input.shared === false) await refuseForeignPorts(tx, row);
    if (row.router_external && input.router_external === false) await refuseGateways(tx, row.id);
    if (input.mtu === undefined) return;
    const mtu = this.#mtu(input.mtu, overheadOf(row));
    const subnets = await tx.selectFrom('subnets').select('ip_version').where('network_id', '=', row.id).execute();
    requireMtuFor(
      subnets.map(({ ip_version: version }) => version),
      row.id,
      mtu,
    );
    values['mtu'] = mtu;
  }

  protected override async afterCreate(tx: Transaction, { id, owner, values }: Draft<NetworkData>): Promise<void> {
    const network: SharedObject = { id, project_id: owner, type: 'network' };
    if (values['shared'] === true) await openToAll(tx, network, SHARED);
    if (values['router_external'] === true) await openToAll(tx, network, EXTERNAL);
  }

  protected override async afterUpdate(tx: Transaction, { row, values }: Change<NetworkData>): Promise<void> {
    await followFlags(tx, { ...row, type: 'network' }, values);
  }

  protected override async afterDelete(tx: Transaction, { id }: NetworkData): Promise<void> {
    await removePolicies(tx, id);
  }

  override async list(context: RequestContext, args: ListArgs): Promise<Page<NetworkData>> {
    const page = await super.list(context, args);
    return { ...page, objects: await markShared(this.shared.store.db, context, 'network', page.objects) };
  }

  override async get(
    context: RequestContext,
    id: string,
    db: Queries = this.shared.store.db,
    parentId?: string,
  ): Promise<NetworkData> {
    const row = await super.get(context, id, db, parentId);
    const [marked = row] = await markShared(db, context, 'network', [row]);
    return marked;
  }

  /**
   * A network as the policy target of its child resources: `shared` is also true if an RBAC policy shares it with the
   * caller's project only.
   */
  async parentFor(db: Queries, context: RequestContext, id: string): Promise<NetworkData | undefined> {
    const row = await this.find(db, id);
    return row === undefined ? undefined : (await markShared(db, context, 'network', [row]))[0];
  }

  /** An unknown network has no agents, as in neutron. */
  override async act(context: RequestContext, name: string, args: ResourceActionArgs): Promise<object> {
    const { db } = this.shared.store;
    if (name !== 'list_dhcp_agents' || (await this.find(db, args.id)) !== undefined)
      return super.act(context, name, args);
    this.shared.policy.authorize(context, 'get_dhcp-agents', this.target({ project_id: context.project_id }));
    return { agents: [] };
  }

  /** Deletes its subnets too, and its floating IPs without an association. */
  protected override async beforeDelete(tx: Transaction, { id }: NetworkData): Promise<void> {
    await sql`
      delete from ports where id in (
        select floating_port_id from floatingips
        where floating_network_id = ${id} and port_id is null and router_id is null)`.execute(tx);
    const used = await tx
      .selectFrom('ports')
      .select('id')
      .where('network_id', '=', id)
      .where('device_owner', 'not in', AUTO_DELETED_PORTS)
      .orderBy('id')
      .limit(MOST_NAMED)
      .execute();
    if (used.length === 0) return;
    const named = used.map((port) => port.id).join(',');
    const text = `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${named}.`;
    throw new ExpectedError('NetworkInUse', text, { id });
  }

  /** 0 means as much as the segment allows. */
  #mtu(wanted: number, overhead: number): number {
    const { globalPhysnetMtu } = this.shared.settings.options;
    const most = (globalPhysnetMtu === 0 ? 1500 : globalPhysnetMtu) - overhead;
    if (wanted > most) throw invalidInput(`Requested MTU is too big, maximum is ${most}`);
    return wanted === 0 ? most : wanted;
  }
}

/** A shared or external network has an RBAC policy for all projects; the policy is deleted with the flag. */
async function followFlags(
  tx: Transaction,
  network: SharedObject,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (values['shared'] === true) await openToAll(tx, network, SHARED);
  if (values['shared'] === false) await removePolicies(tx, network.id, { action: SHARED, target: ALL });
  if (values['router_external'] === true) await openToAll(tx, network, EXTERNAL);
  if (values['router_external'] === false) await removePolicies(tx, network.id, { action: EXTERNAL });
}

/** Error ExternalNetworkInUse: routers would keep a gateway on a network that is no longer external. */
async function refuseGateways(tx: Transaction, id: string): Promise<void> {
  const gateway = await tx
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', id)
    .where('device_owner', '=', ROUTER_GATEWAY)
    .limit(1)
    .executeTakeFirst();
  if (gateway === undefined) return;
  const text = `External network ${id} cannot be updated to be made non-external, since it has existing gateway ports.`;
  throw new ExpectedError('ExternalNetworkInUse', text);
}

/** neutron.InvalidSharedSetting: ports of other projects would stay on a network that these may no longer see. */
async function refuseForeignPorts(tx: Transaction, network: NetworkData): Promise<void> {
  const foreign = await tx
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', network.id)
    .where('project_id', 'not in', [network.project_id, ''])
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('rbac_policies')
            .select('id')
            .where('object_id', '=', network.id)
            .where('action', '=', SHARED)
            .whereRef('target_project', '=', 'ports.project_id'),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  if (foreign === undefined) return;
  throw new ExpectedError(
    'InvalidSharedSetting',
    `Unable to reconfigure sharing settings for network ${network.id}. Multiple tenants are using it.`,
  );
}
