import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { SubnetData, SubnetInput } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { formatAddress } from '../ipam/address.js';
import { takeAddress } from '../ipam/allocate-address.js';
import { parseCidr } from '../ipam/cidr.js';
import { eui64Address } from '../ipam/eui64.js';
import { invalidInput } from '../network.errors.js';
import { bumpNetwork } from '../networks/bump-network.js';
import { isAutoAddressed } from './ipv6-modes.js';
import { findSubnet } from './load-subnets.js';
import type { SubnetPlan } from './subnet-plan.js';

/** A subnet as it is to be. */
export interface NewSubnet {
  readonly networkId: string;
  readonly owner: string;
  readonly input: SubnetInput;
  readonly plan: SubnetPlan;
}

/** Stores a subnet; the caller holds the lock of its network. Error InvalidInput when it overlaps with another one. */
export async function insertSubnet(tx: Transaction, subnet: NewSubnet): Promise<SubnetData> {
  const { networkId, owner, input, plan } = subnet;
  await refuseOverlap(tx, networkId, plan.cidr);
  const id = randomUUID();
  await tx
    .insertInto('subnets')
    .values({
      ...plan,
      id,
      network_id: networkId,
      name: input.name ?? '',
      project_id: owner,
      description: input.description ?? '',
      enable_dhcp: input.enable_dhcp ?? true,
      allocation_pools: JSON.stringify(plan.allocation_pools),
      dns_nameservers: JSON.stringify(plan.dns_nameservers),
      host_routes: JSON.stringify(plan.host_routes),
    })
    .execute();
  if (isAutoAddressed(plan)) await addressPorts(tx, networkId, id, plan.cidr);
  await bumpNetwork(tx, networkId);
  const stored = await findSubnet(tx, id);
  if (stored === null) throw new Error(`subnet ${id} is not there right after its insert`);
  return stored;
}

async function refuseOverlap(tx: Transaction, networkId: string, cidr: string): Promise<void> {
  const overlapping = await sql`
    select 1 from subnets where network_id = ${networkId} and cidr && ${cidr}::cidr limit 1`.execute(tx);
  if (overlapping.rows.length > 0) {
    throw invalidInput(`Requested subnet with cidr: ${cidr} for network: ${networkId} overlaps with another subnet`);
  }
}

/** Hosts that are there already make themselves an address in a new subnet of this kind. */
async function addressPorts(tx: Transaction, networkId: string, subnetId: string, cidrText: string): Promise<void> {
  const cidr = parseCidr(cidrText);
  if (cidr === null) return;
  const ports = await tx
    .selectFrom('ports')
    .select(['id', 'mac_address'])
    .where('network_id', '=', networkId)
    .execute();
  for (const port of ports) {
    const address = formatAddress(eui64Address(cidr, port.mac_address));
    await takeAddress(tx, { subnetId, portId: port.id }, address);
  }
}
