import { ExpectedError, Port, declarationOf } from '#libs/contracts';
import type { NetworkData, PortData, PortInput } from '#libs/contracts';
import { changeOptions } from './dhcp-options.js';
import { isTrusted } from '../security-groups/port-groups.js';
import type { NewPort } from './insert-port.js';

const declaration = declarationOf(Port);

/** Fills in the fields that a client left out. Throws neutron's errors for invalid values. */
export function planPort(input: PortInput, owner: string, network: NetworkData): NewPort {
  // Port security is off for a network service, whatever the request says
  // (neutron.plugins.ml2.extensions.port_security).
  const portSecurity =
    !isTrusted(input.device_owner ?? '') && (input.port_security_enabled ?? network.port_security_enabled);
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
    binding_vnic_type: portValue('binding_vnic_type', input.binding_vnic_type ?? 'normal'),
    binding_profile: input.binding_profile ?? {},
    dns_name: input.dns_name ?? '',
    dns_domain: input.dns_domain ?? '',
    device_profile: input.device_profile ?? null,
    hardware_offload_type: input.hardware_offload_type ?? null,
    hints: input.hints ?? null,
    ip_allocation: input.fixed_ips?.length === 0 ? 'none' : 'immediate',
    numa_affinity_policy: input.numa_affinity_policy ?? null,
    propagate_uplink_status: input.propagate_uplink_status ?? true,
    trusted: input.trusted ?? null,
    qos_policy_id: input.qos_policy_id ?? null,
    extra_dhcp_opts: changeOptions([], input.extra_dhcp_opts ?? []),
    tags: [...new Set(input.tags ?? [])],
    mac_address: (input.mac_address ?? null) === null ? null : portValue('mac_address', input.mac_address ?? ''),
    fixed_ips: input.fixed_ips,
    created_for_instance: null,
  };
}

/**
 * A value in the canonical form of its attribute in the contract. The gateway has already converted it; other RPC
 * callers may spell it differently. Error InvalidInput.
 */
export function portValue<K extends keyof PortInput>(field: K, value: NonNullable<PortInput[K]>): typeof value {
  const declared = declaration.byField.get(field);
  if (declared === undefined) throw new TypeError(`ports have no ${field}`);
  const { type, name } = declared;
  const normal = type.convert === undefined ? value : type.convert(value);
  const reason = type.refuse(normal);
  // The type has accepted the value.
  if (reason === undefined) return normal as typeof value;
  throw new ExpectedError('InvalidInput', `Invalid input for ${name}. Reason: ${reason}.`);
}

type Pairs = PortData['allowed_address_pairs'];

/** Errors: InvalidInput, AddressPairAndPortSecurityRequired. */
export function checkPairs(pairs: Pairs, portSecurity: boolean): Pairs {
  if (pairs.length > 0 && !portSecurity) {
    throw new ExpectedError(
      'AddressPairAndPortSecurityRequired',
      'Port Security must be enabled in order to have allowed address pairs on a port.',
    );
  }
  return portValue('allowed_address_pairs', pairs);
}
