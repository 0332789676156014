import { ExpectedError } from '#libs/contracts';
import type { DhcpOption, PortData, PortInput } from '#libs/contracts';
import { updateRow } from '../../resources/resource-rows.js';
import type { Values } from '../../resources/resource-rows.js';
import { violatedUnique } from '../../store/index.js';
import type { Transaction } from '../../store/index.js';
import { assignAddresses } from '../ipam/assign-addresses.js';
import { requireReachedBy } from '../segments/routed-subnets.js';
import { generateMac } from '../ipam/address.js';
import { changeAddresses, renewAutomaticAddresses } from './change-addresses.js';
import { changeOptions } from './dhcp-options.js';
import { dropBinding, bindingOf } from './inactive-bindings.js';
import { macInUse } from './insert-port.js';
import { checkPairs, portValue } from './port-plan.js';
import { portTable } from './port-table.js';

/** Changes a port that the caller has locked. Errors: see PortManager. */
export async function updatePort(tx: Transaction, port: PortData, input: PortInput, baseMac: string): Promise<void> {
  const wanted: string | null | undefined = input.mac_address;
  const given = wanted === null ? generateMac(baseMac) : wanted;
  const mac = given === undefined ? port.mac_address : portValue('mac_address', given);
  if (mac !== port.mac_address) refuseBound(port, mac);
  const { fixed_ips: fixedIps, security_groups: _groups, ...columns } = input;
  try {
    await updateRow(tx, portTable, port.id, { ...columns, ...planUpdate(port, input), mac_address: mac });
  } catch (error) {
    if (violatedUnique(error) !== 'ports_network_id_mac_address_key') throw error;
    throw macInUse(port.network_id, mac);
  }
  if (mac !== port.mac_address) await renewAutomaticAddresses(tx, port, mac);
  const changed = { ...port, mac_address: mac };
  if (input.binding_host_id !== undefined) await dropBinding(tx, port.id, input.binding_host_id);
  if (fixedIps !== undefined) await changeAddresses(tx, changed, fixedIps);
  else await followHost(tx, changed, input.binding_host_id ?? port.binding_host_id);
}

/**
 * Called when a port of a routed network is bound to a host: it gets the deferred addresses, or the host has to reach
 * the segment of those that it has. Errors: HostNotConnectedToAnySegment, HostNotCompatibleWithFixedIps.
 */
export async function followHost(tx: Transaction, port: PortData, host: string): Promise<void> {
  if (host === '' || host === port.binding_host_id) return;
  if (port.fixed_ips.length > 0) await requireReachedBy(tx, port, host);
  else if (port.ip_allocation === 'deferred') await assignAddresses(tx, { ...port, binding_host_id: host }, undefined);
}

/** Further columns that an update of a port changes, beside those in the request. */
function planUpdate(port: PortData, input: PortInput): Values {
  const portSecurity = input.port_security_enabled ?? port.port_security_enabled;
  const host = input.binding_host_id ?? port.binding_host_id;
  const isMoved = input.device_id !== undefined && input.device_id !== port.device_id;
  const unbound = host === '' && port.binding_host_id !== '';
  return {
    ...bindingOf(host),
    // A port that the user gives to another device is no longer a server's NIC.
    ...(isMoved ? { nic_index: null, nic_tag: null } : {}),
    ...(input.extra_dhcp_opts === undefined
      ? {}
      : { extra_dhcp_opts: changeOptions(optionsOf(port), input.extra_dhcp_opts) }),
    ...(unbound ? { status: 'DOWN' } : {}),
    allowed_address_pairs: checkPairs(input.allowed_address_pairs ?? port.allowed_address_pairs, portSecurity),
    binding_vnic_type: portValue('binding_vnic_type', input.binding_vnic_type ?? port.binding_vnic_type),
  };
}

/** Stored rows have complete options, each with its value and version. */
function optionsOf(port: PortData): readonly DhcpOption[] {
  return (port.extra_dhcp_opts ?? []) as readonly DhcpOption[];
}

/** Error PortBound: a running server would keep the old MAC. */
function refuseBound(port: PortData, mac: string): void {
  if (port.binding_host_id === '') return;
  throw new ExpectedError(
    'PortBound',
    `Unable to complete operation on port ${port.id}, port is already bound, port type: ${port.binding_vif_type}, old_mac ${port.mac_address}, new_mac ${mac}.`,
  );
}
