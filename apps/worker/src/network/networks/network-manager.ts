import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NetworkData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Change, Draft } from '../../resources/resource-manager.js';
import { insertRow } from '../../resources/resource-rows.js';
import type { Transaction } from '../../store/index.js';
import { invalidInput } from '../network.errors.js';
import { AUTO_DELETED_PORTS, ROUTER_GATEWAY } from '../ports/port-owners.js';
import { requireMtuFor } from './network-mtu.js';
import { planSegment, withSegmentationId } from './network-segment.js';
import { networkTable } from './network-table.js';
import { visibleNetworks } from './visible-networks.js';

/** Errors beside those of every resource: SegmentationIdInUse, NoNetworkAvailable, InvalidSharedSetting, NetworkInUse, ExternalNetworkInUse. */
@Manages(networkTable)
export class NetworkManager extends ResourceManager<NetworkData> {
  protected override visible(context: RequestContext): RawBuilder<boolean> {
    return visibleNetworks(this.shared.policy, context);
  }

  protected override async beforeCreate(_tx: Transaction, { input, values }: Draft<NetworkData>): Promise<void> {
    values['mtu'] = this.#mtu(input.mtu ?? 0, planSegment(input).overhead);
    values['status'] = 'ACTIVE';
  }

  protected override async insert(tx: Transaction, { input, values }: Draft<NetworkData>): Promise<void> {
    const segment = planSegment(input);
    await withSegmentationId(segment, (segmentationId) => {
      const placed = {
        ...values,
        provider_network_type: segment.type,
        provider_physical_network: segment.physicalNetwork,
        provider_segmentation_id: segmentationId,
      };
      return insertRow(tx, networkTable, placed, 'nothing');
    });
  }

  protected override async beforeUpdate(tx: Transaction, { row, input, values }: Change<NetworkData>): Promise<void> {
    if (row.shared && input.shared === false) await refuseForeignPorts(tx, row);
    if (row.router_external && input.router_external === false) await refuseGateways(tx, row.id);
    if (input.mtu === undefined) return;
    const mtu = this.#mtu(input.mtu, planSegment(row).overhead);
    const subnets = await tx.selectFrom('subnets').select('ip_version').where('network_id', '=', row.id).execute();
    requireMtuFor(
      subnets.map(({ ip_version: version }) => version),
      row.id,
      mtu,
    );
    values['mtu'] = mtu;
  }

  /** Its subnets go with it. */
  protected override async beforeDelete(tx: Transaction, { id }: NetworkData): Promise<void> {
    const used = await tx
      .selectFrom('ports')
      .select('id')
      .where('network_id', '=', id)
      .where('device_owner', 'not in', AUTO_DELETED_PORTS)
      .limit(1)
      .executeTakeFirst();
    if (used === undefined) return;
    const text = `Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`;
    throw new ExpectedError('NetworkInUse', text, { id });
  }

  /** 0 is as much as the segment allows. */
  #mtu(wanted: number, overhead: number): number {
    const { globalPhysnetMtu } = this.shared.settings.options;
    const most = (globalPhysnetMtu === 0 ? 1500 : globalPhysnetMtu) - overhead;
    if (wanted > most) throw invalidInput(`Requested MTU is too big, maximum is ${most}`);
    return wanted === 0 ? most : wanted;
  }
}

/** Error ExternalNetworkInUse: routers would be left with a way out to a network that is none. */
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

/** neutron.InvalidSharedSetting: others would be left on a network that they may not see. */
async function refuseForeignPorts(tx: Transaction, network: NetworkData): Promise<void> {
  const foreign = await tx
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', network.id)
    .where('project_id', '<>', network.project_id)
    .limit(1)
    .executeTakeFirst();
  if (foreign === undefined) return;
  throw new ExpectedError(
    'InvalidSharedSetting',
    `Unable to reconfigure sharing settings for network ${network.id}. Multiple tenants are using it.`,
  );
}
