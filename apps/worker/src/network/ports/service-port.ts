import type { FixedIpInput } from '#libs/contracts';
import type { NewPort } from './insert-port.js';

/** The fields that differ between ports that the network service creates for itself. */
export interface ServicePort {
  readonly network_id: string;
  /** Empty for a port that no project may see. */
  readonly project_id: string;
  readonly device_id: string;
  readonly device_owner: string;
  /** As in assignAddresses. */
  readonly fixed_ips: readonly FixedIpInput[] | undefined;
}

/** A port of a router or floating IP. It is trusted: port security is off, as in neutron for `network:` owners. */
export function servicePort(port: ServicePort): NewPort {
  return {
    ...port,
    name: '',
    description: '',
    admin_state_up: true,
    port_security_enabled: false,
    allowed_address_pairs: [],
    binding_host_id: '',
    binding_vnic_type: 'normal',
    binding_profile: {},
    dns_name: '',
    mac_address: null,
    created_for_instance: null,
  };
}
