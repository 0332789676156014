import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { PortData, PortInput } from '#libs/contracts';
import { violatedUnique } from '../../store/index.js';
import type { Transaction } from '../../store/index.js';
import { changeAddresses, renewAutomaticAddresses } from './change-addresses.js';
import { macInUse } from './insert-port.js';
import { bindingOf } from './port-binding.js';
import { checkMac, checkPairs, checkVnicType } from './port-plan.js';

/** Changes a port that the caller has locked. Errors: see PortManager.update. */
export async function updatePort(tx: Transaction, port: PortData, input: PortInput): Promise<void> {
  const mac = input.mac_address === undefined ? port.mac_address : checkMac(input.mac_address);
  if (mac !== port.mac_address) refuseBound(port, mac);
  await storeAttributes(tx, port, input, mac);
  if (mac !== port.mac_address) await renewAutomaticAddresses(tx, port, mac);
  if (input.fixed_ips !== undefined) await changeAddresses(tx, { ...port, mac_address: mac }, input.fixed_ips);
}

async function storeAttributes(tx: Transaction, port: PortData, input: PortInput, mac: string): Promise<void> {
  const portSecurity = input.port_security_enabled ?? port.port_security_enabled;
  const pairs = checkPairs(input.allowed_address_pairs ?? port.allowed_address_pairs, portSecurity);
  const host = input.binding_host_id ?? port.binding_host_id;
  const unbound = host === '' && port.binding_host_id !== '';
  try {
    await tx
      .updateTable('ports')
      .set((row) => ({
        ...bindingOf(host),
        name: input.name ?? port.name,
        description: input.description ?? port.description,
        admin_state_up: input.admin_state_up ?? port.admin_state_up,
        status: unbound ? 'DOWN' : port.status,
        mac_address: mac,
        device_id: input.device_id ?? port.device_id,
        device_owner: input.device_owner ?? port.device_owner,
        port_security_enabled: portSecurity,
        allowed_address_pairs: JSON.stringify(pairs),
        binding_vnic_type: checkVnicType(input.binding_vnic_type ?? port.binding_vnic_type),
        binding_profile: JSON.stringify(input.binding_profile ?? port.binding_profile),
        dns_name: input.dns_name ?? port.dns_name,
        revision_number: row('revision_number', '+', 1),
        updated_at: sql<string>`now()`,
      }))
      .where('id', '=', port.id)
      .execute();
  } catch (error) {
    if (violatedUnique(error) === 'ports_network_id_mac_address_key') throw macInUse(port.network_id, mac);
    throw error;
  }
}

/** Error PortBound: a running server would go on with the old MAC. */
function refuseBound(port: PortData, mac: string): void {
  if (port.binding_host_id === '') return;
  throw new ExpectedError(
    'PortBound',
    `Unable to complete operation on port ${port.id}, port is already bound, port type: ${port.binding_vif_type}, old_mac ${port.mac_address}, new_mac ${mac}.`,
  );
}
