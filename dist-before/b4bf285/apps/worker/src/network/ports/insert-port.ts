import { randomUUID } from 'node:crypto';
import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, PortData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { assignAddresses } from '../ipam/assign-addresses.js';
import { generateMac } from '../ipam/mac-address.js';
import { findPort } from './load-ports.js';
import { bindingOf } from './port-binding.js';

/** A port as it is to be; everything checked, defaults filled in. */
export interface NewPort {
  readonly network_id: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string;
  readonly admin_state_up: boolean;
  readonly device_id: string;
  readonly device_owner: string;
  readonly port_security_enabled: boolean;
  readonly allowed_address_pairs: PortData['allowed_address_pairs'];
  readonly binding_host_id: string;
  readonly binding_vnic_type: string;
  readonly binding_profile: Readonly<Record<string, unknown>>;
  readonly dns_name: string;
  /** null: one is generated. */
  readonly mac_address: string | null;
  readonly fixed_ips: readonly FixedIpInput[] | undefined;
  /** See PortsTable. */
  readonly created_for_instance: string | null;
}

const MAC_TRIES = 16;

/**
 * Stores a port and gives it its addresses.
 * Errors: MacAddressInUse and those of assignAddresses.
 */
export async function insertPort(tx: Transaction, port: NewPort, baseMac: string): Promise<PortData> {
  const id = randomUUID();
  const mac = await insertRow(tx, id, port, baseMac);
  await assignAddresses(tx, { id, network_id: port.network_id, mac_address: mac }, port.fixed_ips);
  const stored = await findPort(tx, id);
  if (stored === null) throw new Error(`port ${id} is not there right after its insert`);
  return stored;
}

async function insertRow(tx: Transaction, id: string, port: NewPort, baseMac: string): Promise<string> {
  const tries = port.mac_address === null ? MAC_TRIES : 1;
  const { fixed_ips: _fixedIps, allowed_address_pairs: pairs, binding_profile: profile, ...columns } = port;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const mac = port.mac_address ?? generateMac(baseMac);
    const result = await tx
      .insertInto('ports')
      .values({
        ...columns,
        ...bindingOf(port.binding_host_id),
        id,
        mac_address: mac,
        allowed_address_pairs: JSON.stringify(pairs),
        binding_profile: JSON.stringify(profile),
        status: 'DOWN',
      })
      .onConflict((conflict) => conflict.columns(['network_id', 'mac_address']).doNothing())
      .executeTakeFirst();
    if (result.numInsertedOrUpdatedRows === 1n) return mac;
  }
  throw macInUse(port.network_id, port.mac_address ?? 'generated from base_mac');
}

export function macInUse(networkId: string, mac: string): ExpectedError {
  return new ExpectedError(
    'MacAddressInUse',
    `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
    { network_id: networkId, mac_address: mac },
  );
}
