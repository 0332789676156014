import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { DhcpOption, FixedIpInput, PortData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { assignAddresses } from '../ipam/assign-addresses.js';
import { generateMac } from '../ipam/address.js';
import { addGroups } from '../security-groups/port-groups.js';
import { findPort } from './load-ports.js';
import { bindingOf } from './inactive-bindings.js';

/** A new port; all values are checked and defaults filled in. */
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
  /** The following fields have defaults for a port whose request does not name them. */
  readonly dns_domain?: string;
  readonly device_profile?: string | null;
  readonly hardware_offload_type?: string | null;
  readonly hints?: Readonly<Record<string, unknown>> | null;
  readonly ip_allocation?: string;
  readonly numa_affinity_policy?: string | null;
  readonly propagate_uplink_status?: boolean;
  readonly trusted?: boolean | null;
  /** Ids of its security groups, which are already locked. @default none */
  readonly security_groups?: readonly string[];
  /** @default none */
  readonly qos_policy_id?: string | null;
  /** @default none */
  readonly extra_dhcp_opts?: readonly DhcpOption[];
  /** @default none */
  readonly tags?: readonly string[];
  /** null: an address is generated. */
  readonly mac_address: string | null;
  readonly fixed_ips: readonly FixedIpInput[] | undefined;
  /** See PortsTable. */
  readonly created_for_instance: string | null;
  readonly nic_index?: number;
  readonly nic_tag?: string | null;
}

const MAC_TRIES = 16;

/** Stores a port and assigns its addresses. Errors: MacAddressInUse and those of assignAddresses. */
export async function insertPort(
  tx: Transaction,
  port: NewPort,
  baseMac: string,
  id: string = randomUUID(),
): Promise<PortData> {
  const mac = await insertRow(tx, id, port, baseMac);
  await addGroups(tx, id, port.security_groups ?? []);
  const { network_id: networkId, device_owner: owner } = port;
  const addressed = {
    id,
    network_id: networkId,
    mac_address: mac,
    device_owner: owner,
    binding_host_id: port.binding_host_id,
  };
  if ((await assignAddresses(tx, addressed, port.fixed_ips)) === 'deferred') {
    await sql`update ports set ip_allocation = 'deferred' where id = ${id}`.execute(tx);
  }
  const stored = await findPort(tx, id);
  if (stored === null) throw new Error(`port ${id} is not there right after its insert`);
  return stored;
}

async function insertRow(tx: Transaction, id: string, port: NewPort, baseMac: string): Promise<string> {
  const tries = port.mac_address === null ? MAC_TRIES : 1;
  const {
    fixed_ips: _fixedIps,
    security_groups: _groups,
    allowed_address_pairs: pairs,
    binding_profile: profile,
    tags = [],
    extra_dhcp_opts: options = [],
    hints = null,
    ...columns
  } = port;
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
        tags: JSON.stringify(tags),
        extra_dhcp_opts: JSON.stringify(options),
        hints: hints === null ? null : JSON.stringify(hints),
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
