import type { RuleDefault } from '../rule-default.js';
import { ADMIN, ANYBODY, NOBODY, PROJECT_MEMBER, PROJECT_READER, anyOf, baseRule, defineRules } from './base.js';
import type { RuleRow } from './base.js';

const MEMBER = 'rule:project_member_or_admin';
const READER = 'rule:project_reader_or_admin';
const KEYPAIR_OWNER = anyOf(ADMIN, 'user_id:%(user_id)s');
const OLD_OWNER = {
  name: 'rule:admin_or_owner',
  checkStr: 'is_admin:True or project_id:%(project_id)s',
  since: '21.0.0',
};
const OLD_ADMIN = { name: 'rule:admin_api', checkStr: 'is_admin:True', since: '21.0.0' };
const SERVICE = 'rule:service_api';

const base: readonly RuleDefault[] = [
  baseRule('context_is_admin', 'role:admin', 'Who counts as administrator', OLD_ADMIN),
  baseRule('admin_or_owner', 'is_admin:True or project_id:%(project_id)s', 'Legacy: administrators or the owner'),
  baseRule('admin_api', 'is_admin:True', 'Legacy: administrators'),
  baseRule('project_manager_api', 'role:manager and project_id:%(project_id)s', 'Managers of a project', OLD_ADMIN),
  baseRule('project_member_api', PROJECT_MEMBER, 'Members of a project', OLD_OWNER),
  baseRule('project_reader_api', PROJECT_READER, 'Readers of a project', OLD_OWNER),
  baseRule('project_manager_or_admin', anyOf('rule:project_manager_api', ADMIN), 'Managers, administrators', OLD_ADMIN),
  baseRule('project_member_or_admin', anyOf('rule:project_member_api', ADMIN), 'Members, administrators', OLD_OWNER),
  baseRule('project_reader_or_admin', anyOf('rule:project_reader_api', ADMIN), 'Readers, administrators', OLD_OWNER),
  baseRule('service_api', 'role:service', 'Other services'),
  baseRule('service_or_admin', anyOf(SERVICE, ADMIN), 'Other services, administrators'),
];

const action = (name: string): string => `POST /servers/{server_id}/action (${name})`;
const LISTS = 'GET /servers, GET /servers/detail';
const HOST_STATUS = 'GET /servers/{server_id}, GET /servers/detail';

const servers: readonly RuleRow[] = [
  ['os_compute_api:servers:index', READER, 'List servers', 'GET /servers'],
  ['os_compute_api:servers:detail', READER, 'List servers with details', 'GET /servers/detail'],
  ['os_compute_api:servers:index:get_all_tenants', ADMIN, 'List servers of all projects', 'GET /servers'],
  ['os_compute_api:servers:detail:get_all_tenants', ADMIN, 'Details of all projects', 'GET /servers/detail'],
  ['os_compute_api:servers:allow_all_filters', ADMIN, 'Use every filter in lists', LISTS],
  ['os_compute_api:servers:show', READER, 'Show a server', 'GET /servers/{server_id}'],
  ['os_compute_api:servers:show:flavor-extra-specs', READER, 'See extra specs of a flavor in a server', HOST_STATUS],
  ['os_compute_api:servers:show:host_status', ADMIN, 'See the status of the host', HOST_STATUS],
  ['os_compute_api:servers:show:host_status:unknown-only', ADMIN, 'See whether the host is unknown', HOST_STATUS],
  ['os_compute_api:servers:create', MEMBER, 'Create a server', 'POST /servers'],
  ['os_compute_api:servers:create:forced_host', ADMIN, 'Force the host of a server', 'POST /servers'],
  ['compute:servers:create:requested_destination', ADMIN, 'Ask for a host', 'POST /servers'],
  ['os_compute_api:servers:create:attach_volume', MEMBER, 'Create with a volume', 'POST /servers'],
  ['os_compute_api:servers:create:attach_network', MEMBER, 'Create with a network', 'POST /servers'],
  ['os_compute_api:servers:create:trusted_certs', MEMBER, 'Create with trusted certificates', 'POST /servers'],
  ['os_compute_api:servers:create:zero_disk_flavor', ADMIN, 'Use a flavor without disk', 'POST /servers'],
  [
    'network:attach_external_network',
    ADMIN,
    'Attach an external network that is not shared',
    'POST /servers, POST /servers/{server_id}/os-interface',
  ],
  ['os_compute_api:servers:update', MEMBER, 'Change a server', 'PUT /servers/{server_id}'],
  ['os_compute_api:servers:delete', MEMBER, 'Delete a server', 'DELETE /servers/{server_id}'],
  ['os_compute_api:servers:start', MEMBER, 'Start a server', action('os-start')],
  ['os_compute_api:servers:stop', MEMBER, 'Stop a server', action('os-stop')],
  ['os_compute_api:servers:reboot', MEMBER, 'Reboot a server', action('reboot')],
  ['os_compute_api:servers:resize', MEMBER, 'Resize a server', action('resize')],
  ['compute:servers:resize:cross_cell', NOBODY, 'Resize to another cell', action('resize')],
  ['os_compute_api:servers:confirm_resize', MEMBER, 'Confirm a resize', action('confirmResize')],
  ['os_compute_api:servers:revert_resize', MEMBER, 'Revert a resize', action('revertResize')],
  ['os_compute_api:servers:rebuild', MEMBER, 'Rebuild a server', action('rebuild')],
  ['os_compute_api:servers:create_image', MEMBER, 'Make an image of a server', action('createImage')],
  ['os_compute_api:servers:trigger_crash_dump', MEMBER, 'Trigger a crash dump', action('trigger_crash_dump')],
  ['os_compute_api:os-extended-server-attributes', ADMIN, 'See host, instance name and the like', HOST_STATUS],
  ['os_compute_api:os-admin-actions:reset_state', ADMIN, 'Reset the state', action('os-resetState')],
  ['os_compute_api:os-console-output', MEMBER, 'Read the console', action('os-getConsoleOutput')],
  ['os_compute_api:ips:index', READER, 'List addresses', 'GET /servers/{server_id}/ips'],
  ['os_compute_api:ips:show', READER, 'Addresses of a network', 'GET /servers/{server_id}/ips/{network_label}'],
  ['os_compute_api:os-attach-interfaces:list', READER, 'List ports', 'GET /servers/{server_id}/os-interface'],
  [
    'os_compute_api:os-attach-interfaces:show',
    READER,
    'Show a port',
    'GET /servers/{server_id}/os-interface/{port_id}',
  ],
  ['os_compute_api:os-attach-interfaces:create', MEMBER, 'Attach a port', 'POST /servers/{server_id}/os-interface'],
  [
    'os_compute_api:os-attach-interfaces:delete',
    MEMBER,
    'Detach a port',
    'DELETE /servers/{server_id}/os-interface/{port_id}',
  ],
  ['os_compute_api:os-instance-actions:list', READER, 'List actions', 'GET /servers/{server_id}/os-instance-actions'],
  [
    'os_compute_api:os-instance-actions:show',
    READER,
    'Show an action',
    'GET /servers/{server_id}/os-instance-actions/{request_id}',
  ],
  [
    'os_compute_api:os-instance-actions:events',
    ADMIN,
    'See events of an action',
    'GET /servers/{server_id}/os-instance-actions/{request_id}',
  ],
  ['os_compute_api:server-metadata:index', READER, 'List metadata', 'GET /servers/{server_id}/metadata'],
  ['os_compute_api:server-metadata:show', READER, 'Show an item', 'GET /servers/{server_id}/metadata/{key}'],
  ['os_compute_api:server-metadata:create', MEMBER, 'Add metadata', 'POST /servers/{server_id}/metadata'],
  ['os_compute_api:server-metadata:update', MEMBER, 'Change an item', 'PUT /servers/{server_id}/metadata/{key}'],
  ['os_compute_api:server-metadata:update_all', MEMBER, 'Replace metadata', 'PUT /servers/{server_id}/metadata'],
  ['os_compute_api:server-metadata:delete', MEMBER, 'Delete an item', 'DELETE /servers/{server_id}/metadata/{key}'],
];

const rest: readonly RuleRow[] = [
  ['os_compute_api:os-flavor-manage:create', ADMIN, 'Create a flavor', 'POST /flavors'],
  ['os_compute_api:os-flavor-manage:update', ADMIN, 'Change a flavor', 'PUT /flavors/{flavor_id}'],
  ['os_compute_api:os-flavor-manage:delete', ADMIN, 'Delete a flavor', 'DELETE /flavors/{flavor_id}'],
  ['os_compute_api:os-flavor-access', ADMIN, 'See who may use a flavor', 'GET /flavors/{flavor_id}/os-flavor-access'],
  ['os_compute_api:os-flavor-extra-specs:index', READER, 'List extra specs', 'GET /flavors/{flavor_id}/os-extra_specs'],
  [
    'os_compute_api:os-flavor-extra-specs:show',
    READER,
    'Show an extra spec',
    'GET /flavors/{flavor_id}/os-extra_specs/{key}',
  ],
  ['os_compute_api:limits', ANYBODY, 'Show own limits', 'GET /limits'],
  ['os_compute_api:limits:other_project', ADMIN, 'Show limits of another project', 'GET /limits'],
  ['os_compute_api:os-services:list', ADMIN, 'List services', 'GET /os-services'],
  ['os_compute_api:os-services:update', ADMIN, 'Change a service', 'PUT /os-services/{service_id}'],
  ['os_compute_api:os-services:delete', ADMIN, 'Delete a service', 'DELETE /os-services/{service_id}'],
  ['os_compute_api:os-hypervisors:list', ADMIN, 'List hypervisors', 'GET /os-hypervisors'],
  ['os_compute_api:os-hypervisors:list-detail', ADMIN, 'Hypervisors in detail', 'GET /os-hypervisors/detail'],
  ['os_compute_api:os-hypervisors:show', ADMIN, 'Show a hypervisor', 'GET /os-hypervisors/{hypervisor_id}'],
  ['os_compute_api:os-hypervisors:uptime', ADMIN, 'Uptime of a host', 'GET /os-hypervisors/{hypervisor_id}/uptime'],
  ['os_compute_api:os-aggregates:index', ADMIN, 'List aggregates', 'GET /os-aggregates'],
  ['os_compute_api:os-availability-zone:list', ANYBODY, 'List zones', 'GET /os-availability-zone'],
  ['os_compute_api:os-availability-zone:detail', ADMIN, 'Zones with hosts', 'GET /os-availability-zone/detail'],
  ['os_compute_api:extensions', ANYBODY, 'List extensions', 'GET /extensions, GET /extensions/{alias}'],
  ['os_compute_api:os-quota-sets:show', READER, 'Show quotas', 'GET /os-quota-sets/{project_id}'],
  ['os_compute_api:os-quota-sets:detail', READER, 'Quotas in detail', 'GET /os-quota-sets/{project_id}/detail'],
  ['os_compute_api:os-quota-sets:defaults', ANYBODY, 'Default quotas', 'GET /os-quota-sets/{project_id}/defaults'],
  ['os_compute_api:os-quota-sets:update', ADMIN, 'Change quotas', 'PUT /os-quota-sets/{project_id}'],
  ['os_compute_api:os-quota-sets:delete', ADMIN, 'Reset quotas', 'DELETE /os-quota-sets/{project_id}'],
  ['os_compute_api:os-keypairs:index', KEYPAIR_OWNER, 'List key pairs', 'GET /os-keypairs'],
  ['os_compute_api:os-keypairs:show', KEYPAIR_OWNER, 'Show a key pair', 'GET /os-keypairs/{keypair_name}'],
  ['os_compute_api:os-keypairs:create', KEYPAIR_OWNER, 'Create or import a key pair', 'POST /os-keypairs'],
  ['os_compute_api:os-keypairs:delete', KEYPAIR_OWNER, 'Delete a key pair', 'DELETE /os-keypairs/{keypair_name}'],
];

/** nova's rules for what the Compute API offers (nova.policies). Listing and showing flavors has none, as in nova. */
export const computeRules: readonly RuleDefault[] = [...base, ...defineRules(['project'], [...servers, ...rest])];
