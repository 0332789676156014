import type { RuleDefault } from '#libs/policy';
import { PROJECT_MANAGER, PROJECT_MEMBER, PROJECT_READER, anyOf, baseRule, defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';

const ADMIN = 'rule:admin_only';
const SERVICE = 'rule:service_api';
const MEMBER = anyOf(ADMIN, PROJECT_MEMBER);
const NETWORK_OWNER = 'role:member and rule:network_owner';
const NETWORK_READER = 'role:reader and rule:network_owner';
const ADMIN_OR_NETWORK_OWNER = anyOf(ADMIN, NETWORK_OWNER);
const OWNER_OF_NETWORK = anyOf(ADMIN, SERVICE, NETWORK_OWNER);
const MANAGER_OF_NETWORK = anyOf(ADMIN, SERVICE, 'role:manager and rule:network_owner');

const base: readonly RuleDefault[] = [
  baseRule('context_is_admin', 'role:admin', 'Who counts as administrator'),
  baseRule('service_api', 'role:service', 'Other services'),
  baseRule('context_with_global_access', '!', 'Who reads what all projects have, beside administrators'),
  baseRule('owner', 'project_id:%(project_id)s', 'The project that owns the object'),
  baseRule('admin_or_owner', 'rule:context_is_admin or rule:owner', 'Administrators or the owner'),
  baseRule('admin_only', 'rule:context_is_admin', 'Administrators'),
  baseRule('context_is_advsvc', 'role:advsvc', 'Legacy: advanced services'),
  baseRule('network_owner', 'project_id:%(network:project_id)s', 'The project that owns the network of the object'),
  baseRule('admin_or_network_owner', 'rule:context_is_admin or rule:network_owner', 'Administrators or that project'),
  baseRule('admin_owner_or_network_owner', 'rule:owner or rule:admin_or_network_owner', 'Any of the three'),
  baseRule(
    'ext_parent_owner',
    'project_id:%(ext_parent:project_id)s',
    'The project that owns what the object lies below',
  ),
  baseRule(
    'admin_or_ext_parent_owner',
    'rule:context_is_admin or rule:ext_parent_owner',
    'Administrators or that project',
  ),
  baseRule('sg_owner', 'project_id:%(security_group:project_id)s', 'The project that owns the security group'),
  baseRule('admin_or_sg_owner', 'rule:context_is_admin or rule:sg_owner', 'Administrators or that project'),
  baseRule('admin_owner_or_sg_owner', 'rule:owner or rule:admin_or_sg_owner', 'Any of the three'),
  baseRule(
    'admin_or_data_plane_int',
    'rule:context_is_admin or role:data_plane_integrator',
    'Who tells of data planes',
  ),
  baseRule('regular_user', '', 'Everybody with a token'),
  baseRule('shared', 'field:networks:shared=True', 'The network is shared'),
  baseRule('shared_address_scopes', 'field:address_scopes:shared=True', 'The address scope is shared'),
  baseRule('shared_qos_policy', 'field:policies:shared=True', 'The QoS policy is shared'),
  baseRule('shared_subnetpools', 'field:subnetpools:shared=True', 'The subnet pool is shared'),
  baseRule('shared_security_group', 'field:security_groups:shared=True', 'The security group is shared'),
  baseRule('shared_address_groups', 'field:address_groups:shared=True', 'The address group is shared'),
  baseRule('external', 'field:networks:router:external=True', 'The network is external'),
  baseRule('external_network', 'field:subnets:router:external=True', 'The network of the subnet is external'),
  baseRule('network_device', 'field:port:device_owner=~^network:', 'The port belongs to a network service'),
  baseRule('default', 'rule:admin_or_owner', 'Stands in for every rule that is not defined'),
];

/** The same check for several attributes of one operation, such as `create_network:shared`. */
function attributes(operation: string, checkStr: string, names: readonly string[], route: string): RuleRow[] {
  return names.map((name) => [`${operation}:${name}`, checkStr, `The attribute ${name}`, route]);
}

const PROVIDER = ['provider:network_type', 'provider:physical_network', 'provider:segmentation_id'];
const GET_NETWORK = anyOf(ADMIN, PROJECT_READER, 'rule:shared', 'rule:external', SERVICE, 'rule:context_is_advsvc');
const LIST_NETWORKS = 'GET /networks, GET /networks/{id}';

const networks: readonly RuleRow[] = [
  ['create_network', MEMBER, 'Create a network', 'POST /networks'],
  ...attributes('create_network', ADMIN, ['shared', 'router:external', 'is_default', 'segments'], 'POST /networks'),
  ...attributes('create_network', ADMIN, PROVIDER, 'POST /networks'),
  ['create_network:port_security_enabled', MEMBER, 'The attribute port_security_enabled', 'POST /networks'],
  ['get_network', GET_NETWORK, 'Show and list networks', LIST_NETWORKS],
  ...attributes('get_network', ADMIN, ['segments', ...PROVIDER], LIST_NETWORKS),
  ['update_network', MEMBER, 'Change a network', 'PUT /networks/{id}'],
  ...attributes('update_network', ADMIN, ['shared', 'router:external', 'is_default', 'segments'], 'PUT /networks/{id}'),
  ...attributes('update_network', ADMIN, PROVIDER, 'PUT /networks/{id}'),
  ['update_network:port_security_enabled', MEMBER, 'The attribute port_security_enabled', 'PUT /networks/{id}'],
  ['delete_network', MEMBER, 'Delete a network', 'DELETE /networks/{id}'],
];

const LIST_SUBNETS = 'GET /subnets, GET /subnets/{id}';
const OWNED_SUBNET = anyOf(ADMIN, PROJECT_MEMBER, NETWORK_OWNER);

const subnets: readonly RuleRow[] = [
  ['create_subnet', ADMIN_OR_NETWORK_OWNER, 'Create a subnet', 'POST /subnets'],
  // Not of service_types: neutron declares these rules, but never checks them (the attribute has no enforce_policy).
  ...attributes('create_subnet', ADMIN, ['segment_id'], 'POST /subnets'),
  [
    'get_subnet',
    anyOf(ADMIN, PROJECT_READER, NETWORK_READER, 'rule:shared', 'rule:external_network', SERVICE),
    'Show and list subnets',
    LIST_SUBNETS,
  ],
  ...attributes('get_subnet', ADMIN, ['segment_id'], LIST_SUBNETS),
  ['update_subnet', OWNED_SUBNET, 'Change a subnet', 'PUT /subnets/{id}'],
  ...attributes('update_subnet', ADMIN, ['segment_id'], 'PUT /subnets/{id}'),
  ['delete_subnet', OWNED_SUBNET, 'Delete a subnet', 'DELETE /subnets/{id}'],
];

const DEVICE_OWNER = anyOf('not rule:network_device', ADMIN, SERVICE, NETWORK_OWNER);
/** Also readers on a shared network, as in neutron. */
const OWNED_OR_SHARED = anyOf(ADMIN, SERVICE, NETWORK_OWNER, 'rule:shared');
const ADMIN_OR_SERVICE = anyOf(ADMIN, SERVICE);
const OWNER_OF_PAIRS = anyOf(ADMIN_OR_NETWORK_OWNER, SERVICE);
const PAIRS = ['allowed_address_pairs', 'allowed_address_pairs:mac_address', 'allowed_address_pairs:ip_address'];
const HIDDEN = ['binding:vif_type', 'binding:vif_details', 'binding:host_id', 'binding:profile'];
const LIST_PORTS = 'GET /ports, GET /ports/{id}';

const ports: readonly RuleRow[] = [
  ['create_port', OWNED_OR_SHARED, 'Create a port', 'POST /ports'],
  ['create_port:device_id', anyOf(ADMIN, SERVICE, PROJECT_MEMBER), 'The attribute device_id', 'POST /ports'],
  ['create_port:device_owner', DEVICE_OWNER, 'The attribute device_owner', 'POST /ports'],
  ...attributes('create_port', OWNER_OF_NETWORK, ['mac_address', 'fixed_ips:ip_address'], 'POST /ports'),
  ...attributes('create_port', OWNED_OR_SHARED, ['fixed_ips', 'fixed_ips:subnet_id'], 'POST /ports'),
  ...attributes('create_port', OWNER_OF_NETWORK, ['port_security_enabled'], 'POST /ports'),
  ...attributes('create_port', ADMIN_OR_SERVICE, ['binding:host_id'], 'POST /ports'),
  ...attributes('create_port', SERVICE, ['binding:profile'], 'POST /ports'),
  ...attributes('create_port', anyOf(ADMIN, SERVICE, PROJECT_MEMBER), ['binding:vnic_type'], 'POST /ports'),
  ...attributes('create_port', OWNER_OF_PAIRS, PAIRS, 'POST /ports'),
  ...attributes('create_port', ADMIN, ['hints', 'trusted'], 'POST /ports'),
  ['get_port', anyOf(ADMIN, SERVICE, PROJECT_READER, NETWORK_READER), 'Show ports', LIST_PORTS],
  ...attributes('get_port', ADMIN_OR_SERVICE, HIDDEN, LIST_PORTS),
  ...attributes('get_port', ADMIN, ['resource_request', 'hints', 'trusted'], LIST_PORTS),
  ['update_port', anyOf(ADMIN, SERVICE, PROJECT_MEMBER), 'Change a port', 'PUT /ports/{id}'],
  ['update_port:device_id', anyOf(ADMIN, SERVICE, PROJECT_MEMBER), 'The attribute device_id', 'PUT /ports/{id}'],
  ['update_port:device_owner', DEVICE_OWNER, 'The attribute device_owner', 'PUT /ports/{id}'],
  ...attributes('update_port', MANAGER_OF_NETWORK, ['mac_address'], 'PUT /ports/{id}'),
  ...attributes('update_port', ADMIN_OR_SERVICE, ['binding:host_id'], 'PUT /ports/{id}'),
  ...attributes('update_port', SERVICE, ['binding:profile'], 'PUT /ports/{id}'),
  ...attributes('update_port', OWNER_OF_NETWORK, ['fixed_ips', 'fixed_ips:ip_address'], 'PUT /ports/{id}'),
  ...attributes('update_port', OWNED_OR_SHARED, ['fixed_ips:subnet_id'], 'PUT /ports/{id}'),
  ...attributes('update_port', OWNER_OF_NETWORK, ['port_security_enabled'], 'PUT /ports/{id}'),
  ...attributes('update_port', anyOf(ADMIN, SERVICE, PROJECT_MEMBER), ['binding:vnic_type'], 'PUT /ports/{id}'),
  ...attributes('update_port', OWNER_OF_PAIRS, PAIRS, 'PUT /ports/{id}'),
  ...attributes('update_port', ADMIN, ['hints', 'trusted'], 'PUT /ports/{id}'),
  ...attributes('update_port', 'rule:admin_or_data_plane_int', ['data_plane_status'], 'PUT /ports/{id}'),
  ['delete_port', anyOf(ADMIN, SERVICE, PROJECT_MEMBER, NETWORK_OWNER), 'Delete a port', 'DELETE /ports/{id}'],
];

const quotas: readonly RuleRow[] = [
  [
    'get_rule_type',
    'role:reader',
    'List kinds of rules of QoS policies',
    'GET /qos/rule-types, GET /qos/rule-types/{rule_type}',
  ],
  [
    'get_auto_allocated_topology',
    anyOf(ADMIN, PROJECT_READER),
    "Show a project's auto-allocated topology, which is made then",
    'GET /auto-allocated-topology/{project_id}',
  ],
  [
    'delete_auto_allocated_topology',
    MEMBER,
    "Delete a project's auto-allocated topology",
    'DELETE /auto-allocated-topology/{project_id}',
  ],
  ['get_quota', anyOf(ADMIN, PROJECT_MANAGER), "Show another project's quotas", 'GET /quota, GET /quota/{id}'],
  ['update_quota', ADMIN, "Change a project's quotas", 'PUT /quota/{id}'],
  ['delete_quota', ADMIN, "Reset a project's quotas", 'DELETE /quota/{id}'],
];

/** neutron's rules for networks, subnets, ports and quotas (neutron.conf.policies). */
export const networkRules: readonly RuleDefault[] = [
  ...base,
  ...defineRules(['project'], [...networks, ...subnets, ...ports, ...quotas]),
];
