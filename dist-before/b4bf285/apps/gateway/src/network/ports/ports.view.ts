import type { PortData } from '#libs/contracts';
import { viewTime } from '../view-time.js';

/** A port as the API shows it; which attributes a caller may see is decided elsewhere (NetworkPolicy). */
export function portView(port: PortData): Readonly<Record<string, unknown>> {
  return {
    id: port.id,
    name: port.name,
    network_id: port.network_id,
    tenant_id: port.project_id,
    mac_address: port.mac_address,
    admin_state_up: port.admin_state_up,
    status: port.status,
    device_id: port.device_id,
    device_owner: port.device_owner,
    fixed_ips: port.fixed_ips,
    project_id: port.project_id,
    security_groups: port.security_groups,
    allowed_address_pairs: port.allowed_address_pairs,
    port_security_enabled: port.port_security_enabled,
    'binding:vnic_type': port.binding_vnic_type,
    'binding:profile': port.binding_profile,
    'binding:host_id': port.binding_host_id,
    'binding:vif_type': port.binding_vif_type,
    'binding:vif_details': port.binding_vif_details,
    description: port.description,
    tags: port.tags,
    created_at: viewTime(port.created_at),
    updated_at: viewTime(port.updated_at),
    revision_number: port.revision_number,
  };
}
