import { ExpectedError } from '#libs/contracts';
import type { NetworkData, PortData, PortInput } from '#libs/contracts';
import { parseAddress } from '../ipam/address.js';
import { parseCidr } from '../ipam/cidr.js';
import { normalizeMac } from '../ipam/mac-address.js';
import { invalidInput } from '../network.errors.js';
import type { NewPort } from './insert-port.js';

/** Fills in what a client left open. Throws neutron's errors for values that cannot be. */
export function planPort(input: PortInput, owner: string, network: NetworkData): NewPort {
  const portSecurity = input.port_security_enabled ?? network.port_security_enabled;
  const pairs = input.allowed_address_pairs ?? [];
  return {
    network_id: network.id,
    project_id: owner,
    name: input.name ?? '',
    description: input.description ?? '',
    admin_state_up: input.admin_state_up ?? true,
    device_id: input.device_id ?? '',
    device_owner: input.device_owner ?? '',
    port_security_enabled: portSecurity,
    allowed_address_pairs: checkPairs(pairs, portSecurity),
    binding_host_id: input.binding_host_id ?? '',
    binding_vnic_type: checkVnicType(input.binding_vnic_type ?? 'normal'),
    binding_profile: input.binding_profile ?? {},
    dns_name: input.dns_name ?? '',
    mac_address: input.mac_address === undefined ? null : checkMac(input.mac_address),
    fixed_ips: input.fixed_ips,
    created_for_instance: null,
  };
}

/** The normal form. Error InvalidInput. */
export function checkMac(text: string): string {
  const mac = normalizeMac(text);
  if (mac === null) {
    throw new ExpectedError(
      'InvalidInput',
      `Invalid input for mac_address. Reason: '${text}' is not a valid MAC address.`,
    );
  }
  return mac;
}

const VNIC_TYPES = [
  'normal',
  'direct',
  'macvtap',
  'baremetal',
  'direct-physical',
  'virtio-forwarder',
  'smart-nic',
  'vdpa',
  'accelerator-direct',
  'accelerator-direct-physical',
  'remote-managed',
];

export function checkVnicType(type: string): string {
  if (!VNIC_TYPES.includes(type)) {
    throw new ExpectedError(
      'InvalidInput',
      `Invalid input for binding:vnic_type. Reason: '${type}' is not in ${JSON.stringify(VNIC_TYPES)}.`,
    );
  }
  return type;
}

type Pairs = PortData['allowed_address_pairs'];

/** Addresses or networks, each with a MAC or without. Errors: InvalidInput, AddressPairAndPortSecurityRequired. */
export function checkPairs(pairs: Pairs, portSecurity: boolean): Pairs {
  if (pairs.length > 0 && !portSecurity) {
    throw new ExpectedError(
      'AddressPairAndPortSecurityRequired',
      'Port Security must be enabled in order to have allowed address pairs on a port.',
    );
  }
  return pairs.map((pair) => {
    // The contract leaves the members of a pair unchecked.
    const address: unknown = pair.ip_address;
    if (typeof address !== 'string' || (parseAddress(address) === null && parseCidr(address) === null)) {
      throw invalidInput(`'${String(address)}' is not a valid IP address of an allowed address pair`);
    }
    const mac: unknown = pair.mac_address;
    if (mac === undefined) return { ip_address: address };
    if (typeof mac !== 'string') throw invalidInput('the mac_address of an allowed address pair is no text');
    return { ip_address: address, mac_address: checkMac(mac) };
  });
}
