import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, PortData } from '#libs/contracts';
import type { Queries, Transaction } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { changeAddresses } from '../ports/change-addresses.js';
import { refuseMovedAddress } from '../ports/l3-ports.js';
import { loadPorts } from '../ports/load-ports.js';
import { subnetsOf } from '../subnets/subnet-table.js';
import { belongsTo, nicOrder } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/** A server's ports, in the order of its NICs. */
export function portsOf(db: Queries, instance: InstanceRef): Promise<readonly PortData[]> {
  return loadPorts(db, belongsTo(instance), nicOrder);
}

/**
 * Adds an address to the first port of a server on a network, from the first of its subnets with a free address. Errors
 * with nova's texts: NetworkNotFound, NetworkInvalid.
 */
export async function addAddressToInstance(tx: Transaction, instance: InstanceRef, networkId: string): Promise<void> {
  const [port] = await lockedPorts(tx, sql`${belongsTo(instance)} and p.network_id = ${networkId}`);
  if (port === undefined) {
    throw new ExpectedError('NetworkNotFound', `Network could not be found for instance ${instance.id}.`);
  }
  for (const { id } of await subnetsOf(tx, networkId)) {
    try {
      return await write(tx, port, [...port.fixed_ips, { subnet_id: id }]);
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.code !== 'IpAddressGenerationFailure') throw error;
    }
  }
  throw new ExpectedError('NetworkInvalid', `No fixed IP addresses available for network: ${networkId}`);
}

/**
 * Removes an address from the port that has it. Errors: NetworkInvalid, NetworkBadRequest (a floating IP leads to it).
 */
export async function removeAddressOfInstance(tx: Transaction, instance: InstanceRef, text: string): Promise<void> {
  const parsed = parseAddress(text);
  const address = parsed === null ? text : formatAddress(parsed);
  const ports = await lockedPorts(tx, belongsTo(instance));
  const port = ports.find(({ fixed_ips: all }) => all.some(({ ip_address: one }) => one === address));
  if (port === undefined) {
    throw new ExpectedError('NetworkInvalid', `Instance ${instance.id} does not have fixed IP '${text}'.`);
  }
  const left = port.fixed_ips.filter(({ ip_address: one }) => one !== address);
  await refuseMovedAddress(tx, port.id, left);
  await write(tx, port, left);
}

async function lockedPorts(tx: Transaction, which: RawBuilder<boolean>): Promise<readonly PortData[]> {
  await sql`select 1 from ports p where ${which} order by p.id for no key update`.execute(tx);
  return loadPorts(tx, which, nicOrder);
}

async function write(tx: Transaction, port: PortData, addresses: readonly FixedIpInput[]): Promise<void> {
  await changeAddresses(tx, port, addresses);
  await sql`
    update ports set revision_number = revision_number + 1, updated_at = business_now() where id = ${port.id}`.execute(
    tx,
  );
}
