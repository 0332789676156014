import { sql } from 'kysely';
import type { FixedIp, FixedIpInput, PortData, SubnetData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { assignRequestedAddresses } from '../ipam/assign-addresses.js';
import type { AddressedPort } from '../ipam/assign-addresses.js';
import { requireOneSegment } from '../segments/routed-subnets.js';
import { isAutoAddressed } from '../subnets/ipv6-modes.js';
import { subnetsOf } from '../subnets/subnet-table.js';

/**
 * Changes a port's addresses to the requested ones. An existing address that fits the request stays, so naming only a
 * subnet does not renumber the port. Addresses that hosts generate themselves stay, unless an empty list removes them.
 * Errors: those of assignAddresses.
 */
export async function changeAddresses(
  tx: Transaction,
  port: PortData,
  requested: readonly FixedIpInput[],
): Promise<void> {
  const { kept, missing } = await compare(tx, port, requested);
  const removed = port.fixed_ips.filter((fixedIp) => !kept.has(fixedIp));
  await releaseAddresses(tx, port.id, removed);
  await assignRequestedAddresses(tx, port, missing);
  const { rows } = await sql<SubnetData>`
    select distinct s.id, s.segment_id from ip_allocations a join subnets s on s.id = a.subnet_id
    where a.port_id = ${port.id}`.execute(tx);
  requireOneSegment(rows);
}

/** After a change of the MAC, the addresses derived from it change too. */
export async function renewAutomaticAddresses(tx: Transaction, port: PortData, mac: string): Promise<void> {
  const automatic = await automaticSubnets(tx, port.network_id);
  const old = port.fixed_ips.filter((fixedIp) => automatic.has(fixedIp.subnet_id));
  if (old.length === 0) return;
  await releaseAddresses(tx, port.id, old);
  const renewed: AddressedPort = { id: port.id, network_id: port.network_id, mac_address: mac };
  await assignRequestedAddresses(
    tx,
    renewed,
    old.map(({ subnet_id: subnetId }) => ({ subnet_id: subnetId })),
  );
}

async function compare(
  tx: Transaction,
  port: PortData,
  requested: readonly FixedIpInput[],
): Promise<{ readonly kept: ReadonlySet<FixedIp>; readonly missing: readonly FixedIpInput[] }> {
  const kept = new Set<FixedIp>();
  const missing: FixedIpInput[] = [];
  // Entries with an address first: an entry with only a subnet must not take an address that another entry names.
  const ordered = requested.toSorted((a, b) => Number(a.ip_address === undefined) - Number(b.ip_address === undefined));
  for (const wanted of ordered) {
    const match = port.fixed_ips.find((fixedIp) => !kept.has(fixedIp) && fits(fixedIp, wanted));
    if (match === undefined) missing.push(wanted);
    else kept.add(match);
  }
  if (requested.length > 0) {
    const automatic = await automaticSubnets(tx, port.network_id);
    for (const fixedIp of port.fixed_ips) if (automatic.has(fixedIp.subnet_id)) kept.add(fixedIp);
  }
  return { kept, missing };
}

async function automaticSubnets(tx: Transaction, networkId: string): Promise<ReadonlySet<string>> {
  const subnets = await subnetsOf(tx, networkId);
  return new Set(subnets.filter(isAutoAddressed).map((subnet) => subnet.id));
}

function fits(fixedIp: FixedIp, wanted: FixedIpInput): boolean {
  if (wanted.subnet_id !== undefined && wanted.subnet_id !== fixedIp.subnet_id) return false;
  if (wanted.ip_address === undefined) return wanted.subnet_id !== undefined;
  const address = parseAddress(wanted.ip_address);
  return address !== null && formatAddress(address) === fixedIp.ip_address;
}

async function releaseAddresses(tx: Transaction, portId: string, fixedIps: readonly FixedIp[]): Promise<void> {
  for (const fixedIp of fixedIps) {
    await tx
      .deleteFrom('ip_allocations')
      .where('port_id', '=', portId)
      .where('subnet_id', '=', fixedIp.subnet_id)
      .where('ip_address', '=', fixedIp.ip_address)
      .execute();
  }
}
