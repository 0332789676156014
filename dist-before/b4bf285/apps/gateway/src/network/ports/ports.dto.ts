import type { FixedIpInput, PortInput } from '#libs/contracts';
import { addressPairs, fixedIps, mac } from '../attributes/address-types.js';
import { Attribute } from '../attributes/attribute.js';
import { dictionary, flag, text, textOrNull, uuid } from '../attributes/plain-types.js';
import { readOnly } from '../attributes/read-only.js';

/** `port` in a request's body (neutron-lib: port, portbindings, port-security, allowed-address-pairs). */
export class PortBody implements PortInput {
  @Attribute({ type: uuid, put: false, required: true }) readonly network_id?: string;
  @Attribute({ type: text(255) }) readonly name?: string;
  @Attribute({ type: text(255) }) readonly description?: string;
  @Attribute({ type: text(255), put: false }) readonly project_id?: string;
  @Attribute({ type: flag }) readonly admin_state_up?: boolean;
  @Attribute({ type: mac }) readonly mac_address?: string;
  @Attribute({ type: fixedIps }) readonly fixed_ips?: readonly FixedIpInput[];
  @Attribute({ type: text(255) }) readonly device_id?: string;
  @Attribute({ type: text(255) }) readonly device_owner?: string;
  @Attribute({ type: flag }) readonly port_security_enabled?: boolean;
  @Attribute({ type: addressPairs }) readonly allowed_address_pairs?: readonly {
    readonly ip_address: string;
    readonly mac_address?: string;
  }[];
  @Attribute({ type: textOrNull(255), name: 'binding:host_id' }) readonly binding_host_id?: string;
  @Attribute({ type: text(32), name: 'binding:vnic_type' }) readonly binding_vnic_type?: string;
  @Attribute({ type: dictionary, name: 'binding:profile' })
  readonly binding_profile?: Readonly<Record<string, unknown>>;

  @Attribute({ ...readOnly, name: 'binding:vif_type' }) readonly binding_vif_type?: string;
  @Attribute({ ...readOnly, name: 'binding:vif_details' }) readonly binding_vif_details?: object;
  @Attribute(readOnly) readonly security_groups?: readonly string[];
  @Attribute(readOnly) readonly id?: string;
  @Attribute(readOnly) readonly status?: string;
  @Attribute(readOnly) readonly tags?: readonly string[];
  @Attribute(readOnly) readonly revision_number?: number;
  @Attribute(readOnly) readonly created_at?: string;
  @Attribute(readOnly) readonly updated_at?: string;
}
