const ACTION = '/servers/{server}/action';

/** What is sent to nova, a folder of samples a block. */
export const novaTable = `
flavor-manage
  flavor-create-post-resp POST /flavors < flavor-create-post-req > flavor2=flavor.id
  flavor-update-resp PUT /flavors/{flavor2} < flavor-update-req
flavor-access
  - POST /flavors < flavor-create-req > private=flavor.id
  flavor-access-add-tenant-resp POST /flavors/{private}/action < flavor-access-add-tenant-req
  flavor-access-list-resp GET /flavors/{private}/os-flavor-access
  flavor-access-remove-tenant-resp POST /flavors/{private}/action < flavor-access-remove-tenant-req @ flavorAccess
flavor-extra-specs
  flavor-extra-specs-create-resp POST /flavors/{flavor2}/os-extra_specs < flavor-extra-specs-create-req
  flavor-extra-specs-list-resp GET /flavors/{flavor2}/os-extra_specs
  flavor-extra-specs-get-resp GET /flavors/{flavor2}/os-extra_specs/hw:numa_nodes
  flavor-extra-specs-update-resp PUT /flavors/{flavor2}/os-extra_specs/hw:numa_nodes < flavor-extra-specs-update-req
flavors
  flavors-list-resp GET /flavors
  flavors-detail-resp GET /flavors/detail
  flavor-get-resp GET /flavors/{flavor}
limits
  limit-get-resp GET /limits
images
  images-list-get-resp GET /images
  images-details-get-resp GET /images/detail
  image-get-resp GET /images/{image}
  image-metadata-get-resp GET /images/{image}/metadata
  image-metadata-post-resp POST /images/{image}/metadata < image-metadata-post-req
  image-metadata-put-resp PUT /images/{image}/metadata < image-metadata-put-req
  image-meta-key-put-resp PUT /images/{image}/metadata/auto_disk_config < image-meta-key-put-req
  image-meta-key-get GET /images/{image}/metadata/auto_disk_config
os-availability-zone
  availability-zone-list-resp GET /os-availability-zone
  availability-zone-detail-resp GET /os-availability-zone/detail
os-aggregates
  aggregate-post-resp POST /os-aggregates < aggregate-post-req > aggregate=aggregate.id @ noAggregates
  aggregates-list-get-resp GET /os-aggregates
  aggregates-get-resp GET /os-aggregates/{aggregate}
  aggregate-update-post-resp PUT /os-aggregates/{aggregate} < aggregate-update-post-req
  aggregates-metadata-post-resp POST /os-aggregates/{aggregate}/action < aggregate-metadata-post-req
  aggregates-add-host-post-resp POST /os-aggregates/{aggregate}/action < aggregate-add-host-post-req @ aggregate
  aggregates-remove-host-post-resp POST /os-aggregates/{aggregate}/action < aggregate-remove-host-post-req @ aggregateWithHost
  - POST /os-aggregates/{aggregate}/images < aggregate-images-post-req
os-keypairs
  keypairs-post-resp POST /os-keypairs < keypairs-post-req > keypair=keypair.name
  keypairs-import-post-resp POST /os-keypairs < keypairs-import-post-req > keypair=keypair.name
  keypairs-list-resp GET /os-keypairs
  keypairs-list-user1-resp GET /os-keypairs?limit=1
  keypairs-list-user2-resp GET /os-keypairs?limit=1
  keypairs-get-resp GET /os-keypairs/{keypair}
os-server-groups
  server-groups-post-resp POST /os-server-groups < server-groups-post-req > group=server_group.id
  server-groups-get-resp GET /os-server-groups/{group}
  server-groups-list-resp GET /os-server-groups
servers
  server-create-resp POST /servers < server-create-req
  server-create-resp POST /servers < server-create-req-with-host-and-node
  server-create-resp POST /servers < server-create-req-with-only-host
  server-create-resp POST /servers < server-create-req-with-only-node
  server-groups-post-resp POST /os-server-groups < server-groups-post-req
  server-get-resp GET /servers/{server} @ server
  servers-list-resp GET /servers
  servers-list-resp GET /servers?limit=1
  servers-details-resp GET /servers/detail
  servers-list-status-resp GET /servers?status=ACTIVE
  servers-details-with-changes-before GET /servers/detail?changes-before=2100-01-01T00:00:00Z
  servers-list-with-changes-before GET /servers?changes-before=2100-01-01T00:00:00Z
  server-put-resp PUT /servers/{server} < server-put-req
  server-update-resp PUT /servers/{server} < server-update-req
  server-action-rebuild-resp POST ${ACTION} < server-action-rebuild @ server
  - POST ${ACTION} < server-action-reboot @ server
  - POST ${ACTION} < server-action-stop @ server
  - POST ${ACTION} < server-action-start @ stopped
  - POST ${ACTION} < server-action-resize @ server
  - POST ${ACTION} < server-action-confirm-resize @ resized
  - POST ${ACTION} < server-action-revert-resize @ resized
  server-action-create-image-resp POST ${ACTION} < server-action-create-image @ server
  - POST ${ACTION} < server-action-trigger-crash-dump @ server
  - POST ${ACTION} < lock-server-with-reason @ server
  - POST ${ACTION} < server-action-addfloatingip-req @ server floatingIp
  - POST ${ACTION} < server-action-removefloatingip-req @ server floatingIpOnServer
servers-sort
  server-sort-keys-list-resp GET /servers?sort_key=display_name&sort_dir=asc
server-ips
  server-ips-resp GET /servers/{server}/ips @ server
  server-ips-network-resp GET /servers/{server}/ips/private
server-metadata
  server-metadata-all-resp PUT /servers/{server}/metadata < server-metadata-all-req
  server-metadata-all-resp POST /servers/{server}/metadata < server-metadata-all-req
  server-metadata-all-resp GET /servers/{server}/metadata
  server-metadata-resp PUT /servers/{server}/metadata/foo < server-metadata-req
  server-metadata-resp GET /servers/{server}/metadata/foo
os-multiple-create
  multiple-create-post-resp POST /servers < multiple-create-post-req
  multiple-create-no-resv-post-resp POST /servers < multiple-create-no-resv-post-req
os-server-tags
  server-tags-put-all-resp PUT /servers/{server}/tags < server-tags-put-all-req @ server
  server-tags-index-resp GET /servers/{server}/tags
  server-tags-show-details-resp GET /servers/{server}
  servers-tags-details-resp GET /servers/detail
os-attach-interfaces
  attach-interfaces-create-resp POST /servers/{server}/os-interface < attach-interfaces-create-req @ server port
  attach-interfaces-create-resp POST /servers/{server}/os-interface < attach-interfaces-create-net_id-req @ server
  attach-interfaces-list-resp GET /servers/{server}/os-interface
  attach-interfaces-show-resp GET /servers/{server}/os-interface/{port} @ attached
os-admin-actions
  - POST ${ACTION} < admin-actions-reset-network @ server
  - POST ${ACTION} < admin-actions-inject-network-info
  - POST ${ACTION} < admin-actions-reset-server-state
os-admin-password
  - POST ${ACTION} < admin-password-change-password @ server
os-console-output
  console-output-post-resp POST ${ACTION} < console-output-post-req @ server
os-create-backup
  create-backup-resp POST ${ACTION} < create-backup-req @ server
os-deferred-delete
  - POST ${ACTION} < force-delete-post-req @ server
os-pause-server
  - POST ${ACTION} < pause-server @ server
  - POST ${ACTION} < unpause-server @ paused
os-suspend-server
  - POST ${ACTION} < server-suspend @ server
  - POST ${ACTION} < server-resume @ suspended
os-lock-server
  - POST ${ACTION} < lock-server @ server
  - POST ${ACTION} < unlock-server
  - POST ${ACTION} < lock-server-with-reason
os-rescue
  server-rescue POST ${ACTION} < server-rescue-req @ server
  server-rescue POST ${ACTION} < server-rescue-req-with-image-ref @ server
  server-get-resp-rescue GET /servers/{server} @ rescued
  - POST ${ACTION} < server-unrescue-req
  server-get-resp-unrescue GET /servers/{server} @ server
os-shelve
  - POST ${ACTION} < os-shelve @ server
  - POST ${ACTION} < os-shelve-offload @ offloaded
  - POST ${ACTION} < os-unshelve @ offloaded
  - POST ${ACTION} < os-unshelve-az @ offloaded
  - POST ${ACTION} < os-unshelve-az-host @ offloaded
  - POST ${ACTION} < os-unshelve-host @ offloaded
  - POST ${ACTION} < os-unshelve-host-and-unpin-az @ offloaded
  - POST ${ACTION} < os-unshelve-unpin-az @ offloaded
os-migrate-server
  - POST ${ACTION} < migrate-server @ server
  - POST ${ACTION} < migrate-server-null @ server
  - POST ${ACTION} < live-migrate-server @ server
os-multinic
  - POST ${ACTION} < multinic-add-fixed-ip-req @ server
  - POST ${ACTION} < multinic-remove-fixed-ip-req @ fixedIp
os-preserve-ephemeral-rebuild
  server-action-rebuild-preserve-ephemeral-resp POST ${ACTION} < server-action-rebuild-preserve-ephemeral @ server
os-instance-actions
  instance-actions-list-resp GET /servers/{server}/os-instance-actions @ withActions
  instance-action-get-resp GET /servers/{server}/os-instance-actions/{request} @ action
  instance-action-get-non-admin-resp GET /servers/{server}/os-instance-actions/{request}
  instance-actions-list-with-limit-resp GET /servers/{server}/os-instance-actions?limit=1
  instance-actions-list-with-marker-resp GET /servers/{server}/os-instance-actions?marker={request}
  instance-actions-list-with-changes-since GET /servers/{server}/os-instance-actions?changes-since=2020-01-01T00:00:00Z
  instance-actions-list-with-changes-before GET /servers/{server}/os-instance-actions?changes-before=2100-01-01T00:00:00Z
os-migrations
  migrations-get GET /os-migrations @ migrated
  migrations-get-with-limit GET /os-migrations?limit=1
  migrations-get-with-marker GET /os-migrations?marker={migration} @ migration
  migrations-get-with-changes-since GET /os-migrations?changes-since=2020-01-01T00:00:00Z
  migrations-get-with-changes-before GET /os-migrations?changes-before=2100-01-01T00:00:00Z
  migrations-get-with-user-or-project-id GET /os-migrations?project_id={project}
server-migrations
  - POST ${ACTION} < live-migrate-server @ server
  migrations-index GET /servers/{server}/migrations @ migrating
  migrations-get GET /servers/{server}/migrations/{running} @ migrating
  - POST /servers/{server}/migrations/{running}/action < force_complete @ migrating
os-quota-sets
  quotas-show-get-resp GET /os-quota-sets/{project}
  quotas-show-defaults-get-resp GET /os-quota-sets/{project}/defaults
  quotas-show-detail-get-resp GET /os-quota-sets/{project}/detail
  quotas-update-post-resp PUT /os-quota-sets/{project} < quotas-update-post-req
  quotas-update-force-post-resp PUT /os-quota-sets/{project} < quotas-update-force-post-req
  user-quotas-show-get-resp GET /os-quota-sets/{project}?user_id={user}
  user-quotas-update-post-resp PUT /os-quota-sets/{project}?user_id={user} < user-quotas-update-post-req
os-quota-class-sets
  quota-classes-show-get-resp GET /os-quota-class-sets/default
  quota-classes-update-post-resp PUT /os-quota-class-sets/test_class < quota-classes-update-post-req
os-simple-tenant-usage
  simple-tenant-usage-get GET /os-simple-tenant-usage @ unlimited
  simple-tenant-usage-get-detail GET /os-simple-tenant-usage?detailed=1
  simple-tenant-usage-get-specific GET /os-simple-tenant-usage/{project}
  simple-tenant-usage-get-all GET /os-simple-tenant-usage?detailed=1
os-services
  services-list-get-resp GET /os-services
  service-disable-put-resp PUT {serviceDisable} < service-disable-put-req @ service
  service-disable-log-put-resp PUT {serviceDisableLog} < service-disable-log-put-req @ service
  service-enable-put-resp PUT {serviceEnable} < service-enable-put-req @ service
  service-force-down-put-resp PUT {serviceForceDown} < service-force-down-put-req @ service serviceUp
os-hypervisors
  hypervisors-list-resp GET /os-hypervisors
  hypervisors-detail-resp GET /os-hypervisors/detail
  hypervisors-detail-with-servers-resp GET /os-hypervisors/detail?with_servers=1
  hypervisors-show-resp GET /os-hypervisors/{hypervisor} @ hypervisor
  hypervisors-show-with-servers-resp GET /os-hypervisors/{hypervisor}?with_servers=1 @ hypervisor
  hypervisors-statistics-resp GET /os-hypervisors/statistics
  hypervisors-uptime-resp GET /os-hypervisors/{hypervisor}/uptime @ hypervisor
  hypervisors-search-resp GET {hypervisorSearch} @ hypervisor
  hypervisors-with-servers-resp GET {hypervisorServers} @ hypervisor
os-hosts
  hosts-list-resp GET /os-hosts
  host-get-resp GET /os-hosts/{host}
  host-put-maintenance-resp PUT /os-hosts/{host} < host-put-maintenance-req
  host-get-reboot GET /os-hosts/{host}/reboot
  host-get-shutdown GET /os-hosts/{host}/shutdown
  host-get-startup GET /os-hosts/{host}/startup
os-evacuate
  server-evacuate-resp POST ${ACTION} < server-evacuate-req @ server hostDown
  server-evacuate-find-host-resp POST ${ACTION} < server-evacuate-find-host-req @ server hostDown
os-floating-ip-pools
  floatingippools-list-resp GET /os-floating-ip-pools
os-floating-ips
  floating-ips-list-empty-resp GET /os-floating-ips
  floating-ips-create-resp POST /os-floating-ips < floating-ips-create-req > floatingIp=floating_ip.id
  floating-ips-get-resp GET /os-floating-ips/{floatingIp}
  floating-ips-list-resp GET /os-floating-ips
os-security-groups
  security-groups-create-resp POST /os-security-groups < security-group-post-req > securityGroup=security_group.id
  security-groups-get-resp GET /os-security-groups/{securityGroup}
  security-group-rules-post-resp POST /os-security-group-rules < security-group-rules-post-req
  security-groups-list-get-resp GET /os-security-groups
  server-security-groups-list-resp GET /servers/{server}/os-security-groups @ server
  - POST ${ACTION} < security-group-add-post-req
  - POST ${ACTION} < security-group-remove-post-req
os-networks
  networks-list-resp GET /os-networks
  network-show-resp GET /os-networks/{network}
os-tenant-networks
  networks-list-res GET /os-tenant-networks
os-remote-consoles
  get-vnc-console-post-resp POST ${ACTION} < get-vnc-console-post-req @ server
  get-spice-console-post-resp POST ${ACTION} < get-spice-console-post-req
  get-serial-console-post-resp POST ${ACTION} < get-serial-console-post-req
  create-vnc-console-resp POST /servers/{server}/remote-consoles < create-vnc-console-req
  create-spice-direct-console-resp POST /servers/{server}/remote-consoles < create-spice-direct-console-req
os-console-auth-tokens
  - POST /servers/{server}/remote-consoles < create-serial-console-req > consoleUrl=remote_console.url @ server
  get-console-connect-info-get-resp GET /os-console-auth-tokens/{consoleToken} @ consoleToken
os-server-diagnostics
  server-diagnostics-get-resp GET /servers/{server}/diagnostics
os-server-topology
  servers-topology-resp GET /servers/{server}/topology
os-server-password
  get-password-resp GET /servers/{server}/os-server-password
os-server-external-events
  event-create-resp POST /os-server-external-events < event-create-req
os-instance-usage-audit-log
  inst-usage-audit-log-index-get-resp GET /os-instance_usage_audit_log
  inst-usage-audit-log-show-get-resp GET /os-instance_usage_audit_log/2012-07-05%2010:00:00
extension-info
  extensions-list-resp-v21-compatible GET /extensions
  extensions-get-resp GET /extensions/os-agents
versions
  v21-version-get-resp GET /
`;
