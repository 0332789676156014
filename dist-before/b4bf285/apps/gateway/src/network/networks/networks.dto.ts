import type { NetworkInput } from '#libs/contracts';
import { Attribute } from '../attributes/attribute.js';
import { flag, orNull, text, whole } from '../attributes/plain-types.js';
import { readOnly } from '../attributes/read-only.js';

/**
 * `network` in a request's body (neutron-lib: network, net-mtu-writable, external-net, provider, port-security). Which
 * network types there are is the worker's to say.
 */
export class NetworkBody implements NetworkInput {
  @Attribute({ type: text(255) }) readonly name?: string;
  @Attribute({ type: text(255) }) readonly description?: string;
  @Attribute({ type: text(255), put: false }) readonly project_id?: string;
  @Attribute({ type: flag }) readonly admin_state_up?: boolean;
  @Attribute({ type: flag }) readonly shared?: boolean;
  @Attribute({ type: flag, name: 'router:external' }) readonly router_external?: boolean;
  @Attribute({ type: flag }) readonly is_default?: boolean;
  @Attribute({ type: whole(68, 65_535) }) readonly mtu?: number;
  @Attribute({ type: flag }) readonly port_security_enabled?: boolean;
  @Attribute({ type: text(32), name: 'provider:network_type', put: false })
  readonly provider_network_type?: string;
  @Attribute({ type: orNull(text(64)), name: 'provider:physical_network', put: false })
  readonly provider_physical_network?: string | null;
  @Attribute({ type: orNull(whole(0, 4_294_967_295)), name: 'provider:segmentation_id', put: false })
  readonly provider_segmentation_id?: number | null;

  @Attribute(readOnly) readonly id?: string;
  @Attribute(readOnly) readonly status?: string;
  @Attribute(readOnly) readonly subnets?: readonly string[];
  @Attribute(readOnly) readonly tags?: readonly string[];
  @Attribute(readOnly) readonly revision_number?: number;
  @Attribute(readOnly) readonly created_at?: string;
  @Attribute(readOnly) readonly updated_at?: string;
}
