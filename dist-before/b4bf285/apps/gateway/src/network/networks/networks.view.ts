import type { NetworkData } from '#libs/contracts';
import { viewTime } from '../view-time.js';

/** A network as the API shows it; which attributes a caller may see is decided elsewhere (NetworkPolicy). */
export function networkView(network: NetworkData): Readonly<Record<string, unknown>> {
  return {
    id: network.id,
    name: network.name,
    tenant_id: network.project_id,
    admin_state_up: network.admin_state_up,
    mtu: network.mtu,
    status: network.status,
    subnets: network.subnets,
    shared: network.shared,
    project_id: network.project_id,
    port_security_enabled: network.port_security_enabled,
    'router:external': network.router_external,
    is_default: network.is_default,
    'provider:network_type': network.provider_network_type,
    'provider:physical_network': network.provider_physical_network,
    'provider:segmentation_id': network.provider_segmentation_id,
    description: network.description,
    tags: network.tags,
    created_at: viewTime(network.created_at),
    updated_at: viewTime(network.updated_at),
    revision_number: network.revision_number,
  };
}
