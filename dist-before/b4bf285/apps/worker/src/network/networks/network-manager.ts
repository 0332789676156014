import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ListArgs, NetworkData, NetworkDeleteArgs, NetworkInput, NetworkUpdateArgs, Page } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../../listing/get-row.js';
import { listRows } from '../../listing/list-rows.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { givenAttributes, policyTarget } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';
import type { NetworkSettings } from '../network-settings.js';
import { invalidInput, networkNotFound, refuseAttributes, requireRevision } from '../network.errors.js';
import { AUTO_DELETED_PORTS } from '../ports/port-owners.js';
import { requireQuotas } from '../quota.js';
import { findNetwork } from './load-networks.js';
import { networkList } from './network-list.js';
import { planSegment, withSegmentationId } from './network-segment.js';
import type { SegmentPlan } from './network-segment.js';

/** Attributes with a rule of their own, and their defaults. */
const GUARDED = {
  shared: false,
  router_external: false,
  is_default: false,
  port_security_enabled: true,
  provider_network_type: null,
  provider_physical_network: null,
  provider_segmentation_id: null,
};

const READ_ONLY = [
  'project_id',
  'availability_zone_hints',
  'provider_network_type',
  'provider_physical_network',
  'provider_segmentation_id',
];

/** Networks of the Network API. */
export class NetworkManager {
  readonly #store: Store;
  readonly #policy: NetworkPolicy;
  readonly #settings: NetworkSettings;

  constructor(store: Store, policy: NetworkPolicy, settings: NetworkSettings) {
    this.#store = store;
    this.#policy = policy;
    this.#settings = settings;
  }

  async list(ctx: RequestContext, args: ListArgs): Promise<Page<NetworkData>> {
    const visible = this.#policy.visibleNetworks(ctx);
    const { rows, nextMarker } = await listRows<NetworkData>(this.#store.db, networkList, visible, args);
    return { objects: rows, next_marker: nextMarker };
  }

  /** Error NetworkNotFound, also for a network that the caller may not see. */
  async get(ctx: RequestContext, id: string, db: Queries = this.#store.db): Promise<NetworkData> {
    const network = await getRow<NetworkData>(db, networkList, this.#policy.visibleNetworks(ctx), id);
    if (network === null) throw networkNotFound(id);
    return network;
  }

  /** All or none. Errors: OverQuota, InvalidInput, SegmentationIdInUse, NoNetworkAvailable. */
  async create(ctx: RequestContext, inputs: readonly NetworkInput[]): Promise<readonly NetworkData[]> {
    const planned = inputs.map((input) => {
      const owner = this.#policy.ownerOf(ctx, input);
      const target = policyTarget({ ...GUARDED, ...givenAttributes(input), project_id: owner });
      this.#policy.authorizeChange(ctx, 'create_network', input, target, GUARDED);
      const segment = planSegment(input);
      return { owner, input, segment, mtu: this.#mtu(input.mtu, segment.overhead) };
    });
    return this.#store.transaction(
      async (tx) => {
        await requireQuotas(
          tx,
          this.#settings,
          'network',
          planned.map(({ owner }) => owner),
        );
        const created: NetworkData[] = [];
        for (const { owner, input, segment, mtu } of planned) {
          created.push(await insertNetwork(tx, owner, input, segment, mtu));
        }
        return created;
      },
      { name: 'network-create' },
    );
  }

  /** Errors: NetworkNotFound, PolicyNotAuthorized, InvalidInput, Conflict, RevisionNumberConstraintFailed. */
  async update(ctx: RequestContext, args: NetworkUpdateArgs): Promise<NetworkData> {
    return this.#store.transaction(
      async (tx) => {
        const network = await this.#lock(tx, ctx, args.id, 'change');
        const { network: input } = args;
        this.#policy.authorizeChange(ctx, 'update_network', input, policyTarget(network), GUARDED);
        requireRevision(args.expected_revision, network.revision_number);
        refuseAttributes(input, READ_ONLY);
        if (network.shared && input.shared === false) await refuseForeignPorts(tx, network);
        const mtu = input.mtu === undefined ? network.mtu : this.#mtu(input.mtu, planSegment(network).overhead);
        await tx
          .updateTable('networks')
          .set((row) => ({
            name: input.name ?? network.name,
            description: input.description ?? network.description,
            admin_state_up: input.admin_state_up ?? network.admin_state_up,
            shared: input.shared ?? network.shared,
            router_external: input.router_external ?? network.router_external,
            is_default: input.is_default ?? network.is_default,
            port_security_enabled: input.port_security_enabled ?? network.port_security_enabled,
            dns_domain: input.dns_domain ?? network.dns_domain,
            mtu,
            revision_number: row('revision_number', '+', 1),
            updated_at: sql<string>`now()`,
          }))
          .where('id', '=', network.id)
          .execute();
        return this.get(ctx, network.id, tx);
      },
      { name: 'network-update' },
    );
  }

  /** With its subnets. Errors: NetworkNotFound, PolicyNotAuthorized, NetworkInUse while it has ports. */
  async delete(ctx: RequestContext, args: NetworkDeleteArgs): Promise<void> {
    await this.#store.transaction(
      async (tx) => {
        const network = await this.#lock(tx, ctx, args.id, 'remove');
        this.#policy.authorize(ctx, 'delete_network', policyTarget(network));
        requireRevision(args.expected_revision, network.revision_number);
        const used = await tx
          .selectFrom('ports')
          .select('id')
          .where('network_id', '=', network.id)
          .where('device_owner', 'not in', AUTO_DELETED_PORTS)
          .limit(1)
          .executeTakeFirst();
        if (used !== undefined) {
          throw new ExpectedError(
            'NetworkInUse',
            `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network.`,
            { id: network.id },
          );
        }
        await tx.deleteFrom('networks').where('id', '=', network.id).execute();
      },
      { name: 'network-delete' },
    );
  }

  async #lock(tx: Transaction, ctx: RequestContext, id: string, lock: 'change' | 'remove'): Promise<NetworkData> {
    if ((await findNetwork(tx, id, lock)) === null) throw networkNotFound(id);
    return this.get(ctx, id, tx);
  }

  #mtu(wanted: number | undefined, overhead: number): number {
    const { globalPhysnetMtu } = this.#settings.options;
    const most = (globalPhysnetMtu === 0 ? 1500 : globalPhysnetMtu) - overhead;
    if (wanted !== undefined && wanted > most) throw invalidInput(`Requested MTU is too big, maximum is ${most}`);
    return wanted ?? most;
  }
}

async function insertNetwork(
  tx: Transaction,
  owner: string,
  input: NetworkInput,
  segment: SegmentPlan,
  mtu: number,
): Promise<NetworkData> {
  const id = randomUUID();
  await withSegmentationId(segment, async (segmentationId) => {
    const result = await tx
      .insertInto('networks')
      .values({
        id,
        name: input.name ?? '',
        project_id: owner,
        description: input.description ?? '',
        admin_state_up: input.admin_state_up ?? true,
        status: 'ACTIVE',
        shared: input.shared ?? false,
        router_external: input.router_external ?? false,
        is_default: input.is_default ?? false,
        mtu,
        port_security_enabled: input.port_security_enabled ?? true,
        dns_domain: input.dns_domain ?? '',
        availability_zone_hints: JSON.stringify(input.availability_zone_hints ?? []),
        provider_network_type: segment.type,
        provider_physical_network: segment.physicalNetwork,
        provider_segmentation_id: segmentationId,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return result.numInsertedOrUpdatedRows === 1n;
  });
  const network = await findNetwork(tx, id);
  if (network === null) throw new Error(`network ${id} is not there right after its insert`);
  return network;
}

/** neutron.InvalidSharedSetting: others would be left on a network that they may not see. */
async function refuseForeignPorts(tx: Transaction, network: NetworkData): Promise<void> {
  const foreign = await tx
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', network.id)
    .where('project_id', '<>', network.project_id)
    .limit(1)
    .executeTakeFirst();
  if (foreign !== undefined) {
    throw new ExpectedError(
      'InvalidSharedSetting',
      `Unable to reconfigure sharing settings for network ${network.id}. Multiple tenants are using it.`,
    );
  }
}
