import { sql } from 'kysely';
import type { Subnet } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { formatAddress, parseCidr, eui64Address } from '../ipam/address.js';
import { takeAddress } from '../ipam/allocate-address.js';
import { ROUTER_INTERFACES } from '../ports/port-owners.js';
import { invalidInput } from '../network.errors.js';

/** Error InvalidInput if an existing subnet of the network overlaps; the caller holds the network's lock. */
export async function refuseOverlap(tx: Transaction, networkId: string, cidr: string): Promise<void> {
  const overlapping = await sql`
    select 1 from subnets where network_id = ${networkId} and cidr && ${cidr}::cidr limit 1`.execute(tx);
  if (overlapping.rows.length > 0) {
    throw invalidInput(`Requested subnet with cidr: ${cidr} for network: ${networkId} overlaps with another subnet`);
  }
}

/** Adds an address in a new subnet of this kind to the ports that already exist, since their hosts generate one. */
export async function addressPorts(tx: Transaction, subnet: Subnet): Promise<void> {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === null) return;
  const ports = await tx
    .selectFrom('ports')
    .select(['id', 'mac_address'])
    .where('network_id', '=', subnet.network_id)
    .where('device_owner', 'not in', ROUTER_INTERFACES)
    .execute();
  for (const port of ports) {
    const address = formatAddress(eui64Address(cidr, port.mac_address));
    await takeAddress(tx, { subnetId: subnet.id, portId: port.id }, address);
  }
}
