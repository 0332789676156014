import type { AllocationPoolInput, HostRouteInput, SubnetInput } from '#libs/contracts';
import { address, allocationPools, cidr, hostRoutes, nameservers } from '../attributes/address-types.js';
import { Attribute } from '../attributes/attribute.js';
import { flag, oneOf, orNull, text, toWholeNumber, uuid } from '../attributes/plain-types.js';
import { readOnly } from '../attributes/read-only.js';

const IPV6_MODES = ['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'];

/** `subnet` in a request's body (neutron-lib: subnet). Subnet pools are not there, so the CIDR is required. */
export class SubnetBody implements SubnetInput {
  @Attribute({ type: uuid, put: false, required: true }) readonly network_id?: string;
  @Attribute({ type: oneOf([4, 6], toWholeNumber), put: false, required: true }) readonly ip_version?: 4 | 6;
  @Attribute({ type: cidr, put: false, required: true }) readonly cidr?: string;
  @Attribute({ type: text(255) }) readonly name?: string;
  @Attribute({ type: text(255) }) readonly description?: string;
  @Attribute({ type: text(255), put: false }) readonly project_id?: string;
  @Attribute({ type: orNull(address) }) readonly gateway_ip?: string | null;
  @Attribute({ type: flag }) readonly enable_dhcp?: boolean;
  @Attribute({ type: allocationPools }) readonly allocation_pools?: readonly AllocationPoolInput[];
  @Attribute({ type: nameservers }) readonly dns_nameservers?: readonly string[];
  @Attribute({ type: hostRoutes }) readonly host_routes?: readonly HostRouteInput[];
  @Attribute({ type: oneOf(IPV6_MODES), put: false }) readonly ipv6_ra_mode?: string | null;
  @Attribute({ type: oneOf(IPV6_MODES), put: false }) readonly ipv6_address_mode?: string | null;

  @Attribute(readOnly) readonly id?: string;
  @Attribute(readOnly) readonly tags?: readonly string[];
  @Attribute(readOnly) readonly revision_number?: number;
  @Attribute(readOnly) readonly created_at?: string;
  @Attribute(readOnly) readonly updated_at?: string;
}
