import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type {
  ListArgs,
  NetworkData,
  NetworkDeleteArgs,
  Page,
  SubnetData,
  SubnetInput,
  SubnetUpdateArgs,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../../listing/get-row.js';
import { listRows } from '../../listing/list-rows.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { policyTarget } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';
import type { NetworkSettings } from '../network-settings.js';
import { badRequest, networkNotFound, refuseAttributes, requireRevision, subnetNotFound } from '../network.errors.js';
import { bumpNetwork } from '../networks/bump-network.js';
import { findNetwork } from '../networks/load-networks.js';
import type { NetworkManager } from '../networks/network-manager.js';
import { AUTO_DELETED_PORTS } from '../ports/port-owners.js';
import { requireQuotas } from '../quota.js';
import { insertSubnet } from './insert-subnet.js';
import type { NewSubnet } from './insert-subnet.js';
import { isAutoAddressed } from './ipv6-modes.js';
import { findSubnet } from './load-subnets.js';
import { planChanges } from './subnet-changes.js';
import { subnetList } from './subnet-list.js';
import { planSubnet } from './subnet-plan.js';

const READ_ONLY = ['network_id', 'ip_version', 'cidr', 'project_id', 'ipv6_ra_mode', 'ipv6_address_mode'];

/** Subnets of the Network API. */
export class SubnetManager {
  readonly #store: Store;
  readonly #policy: NetworkPolicy;
  readonly #settings: NetworkSettings;
  readonly #networks: NetworkManager;

  constructor(store: Store, policy: NetworkPolicy, settings: NetworkSettings, networks: NetworkManager) {
    this.#store = store;
    this.#policy = policy;
    this.#settings = settings;
    this.#networks = networks;
  }

  async list(ctx: RequestContext, args: ListArgs): Promise<Page<SubnetData>> {
    const visible = this.#policy.visibleSubnets(ctx);
    const { rows, nextMarker } = await listRows<SubnetData>(this.#store.db, subnetList, visible, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Error SubnetNotFound, also for a subnet that the caller may not see. */
  async get(ctx: RequestContext, id: string, db: Queries = this.#store.db): Promise<SubnetData> {
    const subnet = await getRow<SubnetData>(db, subnetList, this.#policy.visibleSubnets(ctx), id);
    if (subnet === null) throw subnetNotFound(id);
    return subnet;
  }

  /** All or none. Errors: NetworkNotFound, PolicyNotAuthorized, OverQuota, InvalidInput and those of pools. */
  async create(ctx: RequestContext, inputs: readonly SubnetInput[]): Promise<readonly SubnetData[]> {
    return this.#store.transaction(
      async (tx) => {
        const planned: NewSubnet[] = [];
        // In one order, so that bulk creations do not wait for each other in a circle.
        const networkIds = [...new Set(inputs.map(networkIdOf))].toSorted();
        const networks = new Map<string, NetworkData>();
        for (const id of networkIds) networks.set(id, await this.#lockNetwork(tx, ctx, id));
        for (const input of inputs) planned.push(this.#plan(ctx, input, networks));
        await requireQuotas(
          tx,
          this.#settings,
          'subnet',
          planned.map(({ owner }) => owner),
        );
        const created: SubnetData[] = [];
        for (const subnet of planned) created.push(await insertSubnet(tx, subnet));
        return created;
      },
      { name: 'subnet-create' },
    );
  }

  /** Errors: SubnetNotFound, PolicyNotAuthorized, InvalidInput, those of pools, RevisionNumberConstraintFailed. */
  async update(ctx: RequestContext, args: SubnetUpdateArgs): Promise<SubnetData> {
    return this.#store.transaction(
      async (tx) => {
        const subnet = await this.#authorized(tx, ctx, args.id, 'change', 'update_subnet');
        requireRevision(args.expected_revision, subnet.revision_number);
        const { subnet: input } = args;
        refuseAttributes(input, READ_ONLY);
        const changes = planChanges(subnet, input, this.#settings.options);
        await tx
          .updateTable('subnets')
          .set((row) => ({
            name: input.name ?? subnet.name,
            description: input.description ?? subnet.description,
            enable_dhcp: input.enable_dhcp ?? subnet.enable_dhcp,
            gateway_ip: changes.gateway_ip,
            allocation_pools: JSON.stringify(changes.allocation_pools),
            dns_nameservers: JSON.stringify(changes.dns_nameservers),
            host_routes: JSON.stringify(changes.host_routes),
            revision_number: row('revision_number', '+', 1),
            updated_at: sql<string>`now()`,
          }))
          .where('id', '=', subnet.id)
          .execute();
        await bumpNetwork(tx, subnet.network_id);
        return this.get(ctx, subnet.id, tx);
      },
      { name: 'subnet-update' },
    );
  }

  /** Errors: SubnetNotFound, PolicyNotAuthorized, SubnetInUse while ports have addresses of it. */
  async delete(ctx: RequestContext, args: NetworkDeleteArgs): Promise<void> {
    await this.#store.transaction(
      async (tx) => {
        const subnet = await this.#authorized(tx, ctx, args.id, 'remove', 'delete_subnet');
        requireRevision(args.expected_revision, subnet.revision_number);
        // Hosts lose an address that they made themselves; nobody asked for it.
        if (!isAutoAddressed(subnet)) await refuseInUse(tx, subnet.id);
        await tx.deleteFrom('subnets').where('id', '=', subnet.id).execute();
        await bumpNetwork(tx, subnet.network_id);
      },
      { name: 'subnet-delete' },
    );
  }

  #plan(ctx: RequestContext, input: SubnetInput, networks: ReadonlyMap<string, NetworkData>): NewSubnet {
    const owner = this.#policy.ownerOf(ctx, input);
    const networkId = networkIdOf(input);
    const network = networks.get(networkId);
    if (network === undefined) throw networkNotFound(networkId);
    this.#policy.authorize(ctx, 'create_subnet', policyTarget({ project_id: owner, network_id: networkId }, network));
    return { networkId, owner, input, plan: planSubnet(input, this.#settings.options) };
  }

  async #lockNetwork(tx: Transaction, ctx: RequestContext, id: string): Promise<NetworkData> {
    if ((await findNetwork(tx, id, 'change')) === null) throw networkNotFound(id);
    return this.#networks.get(ctx, id, tx);
  }

  async #authorized(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    lock: 'change' | 'remove',
    rule: string,
  ): Promise<SubnetData> {
    // The network first, as in create: the other order could wait in a circle.
    const found = await findSubnet(tx, id);
    const network = found === null ? null : await findNetwork(tx, found.network_id, 'change');
    if (network === null || (await findSubnet(tx, id, lock)) === null) throw subnetNotFound(id);
    const subnet = await this.get(ctx, id, tx);
    this.#policy.authorize(ctx, rule, policyTarget(subnet, network));
    return subnet;
  }
}

function networkIdOf(input: SubnetInput): string {
  if (input.network_id === undefined) throw badRequest('subnet', 'network_id is required');
  return input.network_id;
}

async function refuseInUse(tx: Transaction, subnetId: string): Promise<void> {
  const used = await tx
    .selectFrom('ip_allocations')
    .innerJoin('ports', 'ports.id', 'ip_allocations.port_id')
    .select('ports.id')
    .where('ip_allocations.subnet_id', '=', subnetId)
    .where('ports.device_owner', 'not in', AUTO_DELETED_PORTS)
    .limit(1)
    .executeTakeFirst();
  if (used !== undefined) {
    throw new ExpectedError(
      'SubnetInUse',
      `Unable to complete operation on subnet ${subnetId}: One or more ports have an IP allocation from this subnet.`,
      { id: subnetId },
    );
  }
}
