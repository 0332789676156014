import type { RuleDefault } from '#libs/policy';
import { ADMIN, ANYBODY, NOBODY, PROJECT_MEMBER, PROJECT_READER, anyOf, baseRule, defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';

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
const SERVICE_OR_ADMIN = 'rule:service_or_admin';

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
  ['compute:servers:resize:cross_cell', NOBODY, 'Resize to another cell', action('resize')],
  ['os_compute_api:servers:rebuild:trusted_certs', MEMBER, 'Rebuild with trusted certificates', action('rebuild')],
  ['os_compute_api:os-migrate-server:migrate:host', ADMIN, 'Choose the host of a migration', action('migrate')],
  [
    'os_compute_api:os-migrate-server:migrate_live:host',
    ADMIN,
    'Choose the host of a live migration',
    action('os-migrateLive'),
  ],
  ['os_compute_api:os-shelve:unshelve_to_host', ADMIN, 'Choose the host of a server unshelved', action('unshelve')],
  [
    'os_compute_api:os-lock-server:unlock:unlock_override',
    ADMIN,
    'Unlock a server that somebody else has locked',
    action('unlock'),
  ],
  ['os_compute_api:os-extended-server-attributes', ADMIN, 'See host, instance name and the like', HOST_STATUS],
  ['os_compute_api:ips:index', READER, 'List addresses', 'GET /servers/{server_id}/ips'],
  ['os_compute_api:ips:show', READER, 'Addresses of a network', 'GET /servers/{server_id}/ips/{network_label}'],
  ['os_compute_api:os-attach-interfaces:list', READER, 'List ports', 'GET /servers/{server_id}/os-interface'],
  [
    'os_compute_api:os-attach-interfaces:show',
    READER,
    'Show a port',
    'GET /servers/{server_id}/os-interface/{port_id}',
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
  [
    'os_compute_api:os-instance-actions:events:details',
    ADMIN,
    'See what an event of an action says of a failure',
    'GET /servers/{server_id}/os-instance-actions/{request_id}',
  ],
  ['os_compute_api:server-metadata:index', READER, 'List metadata', 'GET /servers/{server_id}/metadata'],
  ['os_compute_api:server-metadata:show', READER, 'Show an item', 'GET /servers/{server_id}/metadata/{key}'],
  ['os_compute_api:server-metadata:create', MEMBER, 'Add metadata', 'POST /servers/{server_id}/metadata'],
  ['os_compute_api:server-metadata:update', MEMBER, 'Change an item', 'PUT /servers/{server_id}/metadata/{key}'],
  ['os_compute_api:server-metadata:update_all', MEMBER, 'Replace metadata', 'PUT /servers/{server_id}/metadata'],
  ['os_compute_api:server-metadata:delete', MEMBER, 'Delete an item', 'DELETE /servers/{server_id}/metadata/{key}'],
];

/** nova's proxies of the Network API, below 2.36 except for a server's own groups. */
const networkProxies: readonly RuleRow[] = [
  ['os_compute_api:os-security-groups:get', READER, 'List security groups', 'GET /os-security-groups'],
  ['os_compute_api:os-security-groups:show', READER, 'Show a security group', 'GET /os-security-groups/{id}'],
  ['os_compute_api:os-security-groups:create', MEMBER, 'Create a security group', 'POST /os-security-groups'],
  ['os_compute_api:os-security-groups:update', MEMBER, 'Change a security group', 'PUT /os-security-groups/{id}'],
  ['os_compute_api:os-security-groups:delete', MEMBER, 'Delete a security group', 'DELETE /os-security-groups/{id}'],
  ['os_compute_api:os-security-groups:rule:create', MEMBER, 'Create a rule', 'POST /os-security-group-rules'],
  ['os_compute_api:os-security-groups:rule:delete', MEMBER, 'Delete a rule', 'DELETE /os-security-group-rules/{id}'],
  [
    'os_compute_api:os-security-groups:list',
    READER,
    "List a server's security groups",
    'GET /servers/{server_id}/os-security-groups',
  ],
  ['os_compute_api:os-floating-ip-pools', ANYBODY, 'List pools of floating IPs', 'GET /os-floating-ip-pools'],
  ['os_compute_api:os-floating-ips:list', READER, 'List floating IPs', 'GET /os-floating-ips'],
  ['os_compute_api:os-floating-ips:show', READER, 'Show a floating IP', 'GET /os-floating-ips/{id}'],
  ['os_compute_api:os-floating-ips:create', MEMBER, 'Allocate a floating IP', 'POST /os-floating-ips'],
  ['os_compute_api:os-floating-ips:delete', MEMBER, 'Release a floating IP', 'DELETE /os-floating-ips/{id}'],
  ['os_compute_api:os-networks:list', READER, 'List networks', 'GET /os-networks'],
  ['os_compute_api:os-networks:show', READER, 'Show a network', 'GET /os-networks/{network_id}'],
  ['os_compute_api:os-tenant-networks:list', READER, 'List networks', 'GET /os-tenant-networks'],
  ['os_compute_api:os-tenant-networks:show', READER, 'Show a network', 'GET /os-tenant-networks/{network_id}'],
];

const MANAGER = 'rule:project_manager_or_admin';

const rest: readonly RuleRow[] = [
  [
    'os_compute_api:servers:migrations:index',
    MANAGER,
    'List live migrations under way',
    'GET /servers/{server_id}/migrations',
  ],
  [
    'os_compute_api:servers:migrations:index:host',
    ADMIN,
    'See hosts of live migrations under way',
    'GET /servers/{server_id}/migrations',
  ],
  [
    'os_compute_api:servers:migrations:show',
    ADMIN,
    'Show a live migration under way',
    'GET /servers/{server_id}/migrations/{migration_id}',
  ],
  ['os_compute_api:os-migrations:index', MANAGER, "List migrations of the project's servers", 'GET /os-migrations'],
  ['os_compute_api:os-migrations:index:all_projects', ADMIN, 'List migrations of all projects', 'GET /os-migrations'],
  ['os_compute_api:os-migrations:index:host', ADMIN, 'See hosts of migrations', 'GET /os-migrations'],
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
  ['os_compute_api:os-flavor-extra-specs:create', ADMIN, 'Add extra specs', 'POST /flavors/{flavor_id}/os-extra_specs'],
  [
    'os_compute_api:os-flavor-extra-specs:update',
    ADMIN,
    'Change an extra spec',
    'PUT /flavors/{flavor_id}/os-extra_specs/{key}',
  ],
  [
    'os_compute_api:os-flavor-extra-specs:delete',
    ADMIN,
    'Delete an extra spec',
    'DELETE /flavors/{flavor_id}/os-extra_specs/{key}',
  ],
  [
    'os_compute_api:os-flavor-access:add_tenant_access',
    ADMIN,
    'Give a project a flavor',
    'POST /flavors/{flavor_id}/action (addTenantAccess)',
  ],
  [
    'os_compute_api:os-flavor-access:remove_tenant_access',
    ADMIN,
    'Take a flavor from a project',
    'POST /flavors/{flavor_id}/action (removeTenantAccess)',
  ],
  ['os_compute_api:os-server-groups:create', MEMBER, 'Create a server group', 'POST /os-server-groups'],
  [
    'os_compute_api:os-server-groups:delete',
    MEMBER,
    'Delete a server group',
    'DELETE /os-server-groups/{server_group_id}',
  ],
  ['os_compute_api:os-server-groups:index', READER, 'List server groups', 'GET /os-server-groups'],
  [
    'os_compute_api:os-server-groups:index:all_projects',
    ADMIN,
    'Server groups of all projects',
    'GET /os-server-groups',
  ],
  ['os_compute_api:os-server-groups:show', READER, 'Show a server group', 'GET /os-server-groups/{server_group_id}'],
  ['os_compute_api:os-server-shares:index', READER, 'List shares', 'GET /servers/{server_id}/shares'],
  ['os_compute_api:os-server-shares:create', MEMBER, 'Attach a share', 'POST /servers/{server_id}/shares'],
  ['os_compute_api:os-server-shares:show', READER, 'Show a share', 'GET /servers/{server_id}/shares/{share_id}'],
  ['os_compute_api:os-server-shares:delete', MEMBER, 'Detach a share', 'DELETE /servers/{server_id}/shares/{share_id}'],
  ['os_compute_api:os-server-tags:index', READER, 'List tags', 'GET /servers/{server_id}/tags'],
  ['os_compute_api:os-server-tags:show', READER, 'Check a tag', 'GET /servers/{server_id}/tags/{tag}'],
  ['os_compute_api:os-server-tags:update', MEMBER, 'Add a tag', 'PUT /servers/{server_id}/tags/{tag}'],
  ['os_compute_api:os-server-tags:update_all', MEMBER, 'Replace the tags', 'PUT /servers/{server_id}/tags'],
  ['os_compute_api:os-server-tags:delete', MEMBER, 'Delete a tag', 'DELETE /servers/{server_id}/tags/{tag}'],
  ['os_compute_api:os-server-tags:delete_all', MEMBER, 'Delete all tags', 'DELETE /servers/{server_id}/tags'],
  ['os_compute_api:os-aggregates:create', ADMIN, 'Create an aggregate', 'POST /os-aggregates'],
  ['os_compute_api:os-aggregates:show', ADMIN, 'Show an aggregate', 'GET /os-aggregates/{aggregate_id}'],
  ['os_compute_api:os-aggregates:update', ADMIN, 'Change an aggregate', 'PUT /os-aggregates/{aggregate_id}'],
  ['compute:aggregates:images', ADMIN, 'Cache images', 'POST /os-aggregates/{aggregate_id}/images'],
  ['os_compute_api:os-aggregates:delete', ADMIN, 'Delete an aggregate', 'DELETE /os-aggregates/{aggregate_id}'],
  [
    'os_compute_api:os-aggregates:add_host',
    ADMIN,
    'Add a host',
    'POST /os-aggregates/{aggregate_id}/action (add_host)',
  ],
  [
    'os_compute_api:os-aggregates:remove_host',
    ADMIN,
    'Remove a host',
    'POST /os-aggregates/{aggregate_id}/action (remove_host)',
  ],
  [
    'os_compute_api:os-aggregates:set_metadata',
    ADMIN,
    'Set metadata',
    'POST /os-aggregates/{aggregate_id}/action (set_metadata)',
  ],
  ['os_compute_api:os-quota-class-sets:show', ADMIN, 'Show the quotas of a class', 'GET /os-quota-class-sets/{class}'],
  [
    'os_compute_api:os-quota-class-sets:update',
    ADMIN,
    'Change the quotas of a class',
    'PUT /os-quota-class-sets/{class}',
  ],
  ['os_compute_api:os-simple-tenant-usage:list', ADMIN, 'Usage of all projects', 'GET /os-simple-tenant-usage'],
  [
    'os_compute_api:os-simple-tenant-usage:show',
    READER,
    'Usage of a project',
    'GET /os-simple-tenant-usage/{project_id}',
  ],
  [
    'os_compute_api:os-console-auth-tokens',
    ADMIN,
    'Show what the token of a console stands for',
    'GET /os-console-auth-tokens/{console_token}',
  ],
  ['os_compute_api:limits', ANYBODY, 'Show own limits', 'GET /limits'],
  ['os_compute_api:limits:other_project', ADMIN, 'Show limits of another project', 'GET /limits'],
  ['os_compute_api:os-services:list', ADMIN, 'List services', 'GET /os-services'],
  ['os_compute_api:os-services:update', ADMIN, 'Change a service', 'PUT /os-services/{service_id}'],
  ['os_compute_api:os-services:delete', ADMIN, 'Delete a service', 'DELETE /os-services/{service_id}'],
  ['os_compute_api:os-hypervisors:list', ADMIN, 'List hypervisors', 'GET /os-hypervisors'],
  ['os_compute_api:os-hypervisors:list-detail', ADMIN, 'Hypervisors in detail', 'GET /os-hypervisors/detail'],
  ['os_compute_api:os-hypervisors:show', ADMIN, 'Show a hypervisor', 'GET /os-hypervisors/{hypervisor_id}'],
  ['os_compute_api:os-hypervisors:statistics', ADMIN, 'Sums over hypervisors', 'GET /os-hypervisors/statistics'],
  ['os_compute_api:os-hypervisors:search', ADMIN, 'Search hypervisors', 'GET /os-hypervisors/{pattern}/search'],
  ['os_compute_api:os-hypervisors:servers', ADMIN, 'Servers of hypervisors', 'GET /os-hypervisors/{pattern}/servers'],
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

const ATTACHMENTS = '/servers/{server_id}/os-volume_attachments';
const AUDIT = '/os-instance_usage_audit_log';

/** There are no volumes, and little data about hosts and audits; the rules are checked nevertheless. */
const oldest: readonly RuleRow[] = [
  ['os_compute_api:os-volumes:list', READER, 'List volumes', 'GET /os-volumes'],
  ['os_compute_api:os-volumes:detail', READER, 'Volumes in detail', 'GET /os-volumes/detail'],
  ['os_compute_api:os-volumes:show', READER, 'Show a volume', 'GET /os-volumes/{volume_id}'],
  ['os_compute_api:os-volumes:create', MEMBER, 'Create a volume', 'POST /os-volumes'],
  ['os_compute_api:os-volumes:delete', MEMBER, 'Delete a volume', 'DELETE /os-volumes/{volume_id}'],
  ['os_compute_api:os-volumes:snapshots:list', READER, 'List snapshots', 'GET /os-snapshots'],
  ['os_compute_api:os-volumes:snapshots:detail', READER, 'Snapshots in detail', 'GET /os-snapshots/detail'],
  ['os_compute_api:os-volumes:snapshots:show', READER, 'Show a snapshot', 'GET /os-snapshots/{snapshot_id}'],
  ['os_compute_api:os-volumes:snapshots:create', MEMBER, 'Create a snapshot', 'POST /os-snapshots'],
  ['os_compute_api:os-volumes:snapshots:delete', MEMBER, 'Delete a snapshot', 'DELETE /os-snapshots/{snapshot_id}'],
  ['os_compute_api:os-volumes-attachments:index', READER, "List a server's volumes", `GET ${ATTACHMENTS}`],
  ['os_compute_api:os-volumes-attachments:show', READER, 'Show an attached volume', `GET ${ATTACHMENTS}/{volume_id}`],
  ['os_compute_api:os-volumes-attachments:create', MEMBER, 'Attach a volume', `POST ${ATTACHMENTS}`],
  ['os_compute_api:os-volumes-attachments:update', MEMBER, 'Change an attachment', `PUT ${ATTACHMENTS}/{volume_id}`],
  ['os_compute_api:os-volumes-attachments:swap', SERVICE_OR_ADMIN, 'Swap volumes', `PUT ${ATTACHMENTS}/{volume_id}`],
  ['os_compute_api:os-volumes-attachments:delete', MEMBER, 'Detach a volume', `DELETE ${ATTACHMENTS}/{volume_id}`],
  [
    'os_compute_api:os-assisted-volume-snapshots:create',
    SERVICE_OR_ADMIN,
    'Create an assisted snapshot',
    'POST /os-assisted-volume-snapshots',
  ],
  [
    'os_compute_api:os-assisted-volume-snapshots:delete',
    SERVICE_OR_ADMIN,
    'Delete an assisted snapshot',
    'DELETE /os-assisted-volume-snapshots/{snapshot_id}',
  ],
  [
    'os_compute_api:os-server-external-events:create',
    SERVICE_OR_ADMIN,
    'Tell of events outside',
    'POST /os-server-external-events',
  ],
  ['os_compute_api:os-server-diagnostics', ADMIN, 'Diagnose a server', 'GET /servers/{server_id}/diagnostics'],
  [
    'os_compute_api:os-server-password:show',
    READER,
    "Show a server's password as it was encrypted",
    'GET /servers/{server_id}/os-server-password',
  ],
  [
    'os_compute_api:os-server-password:clear',
    MEMBER,
    "Forget a server's password",
    'DELETE /servers/{server_id}/os-server-password',
  ],
  ['compute:server:topology:index', READER, 'Show the NUMA topology', 'GET /servers/{server_id}/topology'],
  ['os_compute_api:os-hosts:list', ADMIN, 'List hosts', 'GET /os-hosts'],
  ['os_compute_api:os-hosts:show', ADMIN, 'Show a host', 'GET /os-hosts/{host_name}'],
  ['os_compute_api:os-hosts:update', ADMIN, 'Change a host', 'PUT /os-hosts/{host_name}'],
  ['os_compute_api:os-hosts:start', ADMIN, 'Start a host', 'GET /os-hosts/{host_name}/startup'],
  ['os_compute_api:os-hosts:shutdown', ADMIN, 'Shut a host down', 'GET /os-hosts/{host_name}/shutdown'],
  ['os_compute_api:os-hosts:reboot', ADMIN, 'Reboot a host', 'GET /os-hosts/{host_name}/reboot'],
  ['os_compute_api:os-instance-usage-audit-log:list', ADMIN, 'List usage audits', `GET ${AUDIT}`],
  ['os_compute_api:os-instance-usage-audit-log:show', ADMIN, 'Usage audits before', `GET ${AUDIT}/{before_timestamp}`],
  ['os_compute_api:os-baremetal-nodes:list', ADMIN, 'List nodes', 'GET /os-baremetal-nodes'],
  ['os_compute_api:os-baremetal-nodes:show', ADMIN, 'Show a node', 'GET /os-baremetal-nodes/{node_id}'],
];

/**
 * nova's rules for the operations of the Compute API (nova.policies). Listing and showing flavors has none, as in nova.
 */
export const computeRules: readonly RuleDefault[] = [
  ...base,
  ...defineRules(['project'], [...servers, ...networkProxies, ...rest, ...oldest]),
];
