import type { DeploymentFile } from './deployment-file.js';

const serviceUser = (name: string): string => `auth_type = password
auth_url = https://inside.cloud.example:5000
project_domain_name = Default
user_domain_id = default
project_name = service
username = ${name}
password = hidden-${name}
cafile = /etc/pki/cloud.pem
region_name = RegionOne`;

/** Templates of one file for all programs of a service, without switched-off parts; blank lines between. */
export const templated: readonly DeploymentFile[] = [
  {
    form: "kolla-ansible's nova.conf",
    text: `[DEFAULT]
debug = False

log_dir = /var/log/cloud/nova
state_path = /var/lib/nova
allow_resize_to_same_host = true
my_ip = 192.0.2.11
instance_usage_audit = true
instance_usage_audit_period = hour
compute_monitors=nova.compute.monitors.cpu.virt_driver

transport_url = rabbit://openstack:hidden@192.0.2.11:5672,openstack:hidden@192.0.2.12:5672,openstack:hidden@192.0.2.13:5672//

[filter_scheduler]
available_filters = nova.scheduler.filters.all_filters
available_filters = blazarnova.scheduler.filters.blazar_filter.BlazarFilter
enabled_filters = ComputeFilter,ImagePropertiesFilter,ServerGroupAffinityFilter
track_instance_changes = false

[api]
vendordata_jsonfile_path = /etc/nova/vendor.json

[conductor]
workers = 4

[vnc]
novncproxy_host = 192.0.2.11
novncproxy_port = 6080
server_listen = 192.0.2.11
server_proxyclient_address = 192.0.2.11
novncproxy_base_url = https://cloud.example:6080/vnc_lite.html

[serial_console]
enabled = true
base_url = wss://cloud.example:6083/
serialproxy_host = 192.0.2.11

[oslo_middleware]
enable_proxy_headers_parsing = true

[oslo_concurrency]
lock_path = /var/lib/nova/tmp

[glance]
cafile = /etc/pki/cloud.pem
api_servers = https://inside.cloud.example:9292
num_retries = 3
debug = False

[cinder]
catalog_info = block-storage::internalURL
os_region_name = RegionOne
${serviceUser('cinder')}

[neutron]
metadata_proxy_shared_secret = hidden-metadata
service_metadata_proxy = true
${serviceUser('neutron')}
valid_interfaces = internal

[api_database]
connection = mysql+pymysql://nova_api:hidden@192.0.2.10:3306/nova_api
connection_recycle_time = 10
max_pool_size = 1
max_retries = -1

[cache]
backend = oslo_cache.memcache_pool
enabled = True
memcache_servers = 192.0.2.11:11211,192.0.2.12:11211

[keystone_authtoken]
service_type = compute
www_authenticate_uri = https://cloud.example:5000
${serviceUser('nova')}

memcache_security_strategy = ENCRYPT
memcache_secret_key = hidden-memcache
memcached_servers = 192.0.2.11:11211,192.0.2.12:11211

[upgrade_levels]
compute = auto

[oslo_messaging_notifications]
transport_url = rabbit://openstack:hidden@192.0.2.11:5672//
driver = messagingv2
topics = notifications,versioned_notifications

[oslo_messaging_rabbit]
use_queue_manager = true
processname = nova-api
heartbeat_in_pthread = true
rabbit_quorum_queue = true
rabbit_stream_fanout = true
rabbit_qos_prefetch_count = 1
rabbit_transient_quorum_queue = true

[privsep_entrypoint]
helper_command=sudo nova-rootwrap /etc/nova/rootwrap.conf privsep-helper --config-file /etc/nova/nova.conf

[guestfs]
debug = False

[wsgi]
api_paste_config = /etc/nova/api-paste.ini

[scheduler]
max_attempts = 10
discover_hosts_in_cells_interval = -1
workers = 4

[placement]
${serviceUser('placement')}
valid_interfaces = internal

[notifications]
notify_on_state_change = vm_and_task_state

[profiler]
enabled = true
trace_sqlalchemy = true
hmac_keys = hidden-profiler
connection_string = redis://192.0.2.11:6379

[barbican]
auth_endpoint = https://inside.cloud.example:5000
barbican_endpoint_type = internal
verify_ssl_path = /etc/pki/cloud.pem

[workarounds]
disable_group_policy_check_upcall = true

[pci]
passthrough_whitelist = [{"vendor_id": "8086", "product_id": "10fb"}]

[service_user]
send_service_user_token = true
${serviceUser('nova')}
`,
  },
  {
    form: "kolla-ansible's neutron.conf",
    text: `[DEFAULT]
debug = False
log_dir = /var/log/cloud/neutron
use_stderr = False
bind_host = 192.0.2.11
bind_port = 9696
api_paste_config = /etc/neutron/api-paste.ini
api_workers = 4
rpc_workers = 2
metadata_proxy_socket = /var/lib/neutron/kolla/metadata_proxy
interface_driver = openvswitch
allow_overlapping_ips = true
core_plugin = ml2
service_plugins = flow_classifier,sfc,qos,router,taas
dns_domain = cloud.example.
dhcp_agents_per_network = 2
l3_ha = true
max_l3_agents_per_router = 3
transport_url = rabbit://openstack:hidden@192.0.2.11:5672//
ipam_driver = internal

[nova]
${serviceUser('nova')}
endpoint_type = internal

[agent]
root_helper = sudo neutron-rootwrap /etc/neutron/rootwrap.conf

[quotas]
quota_port_pair = 10
quota_flow_classifier = 10

[sfc]
drivers = ovs

[flowclassifier]
drivers = ovs

[taas]
driver = taas.linux.ovs_taas
enabled = True

[vpnagent]
vpn_device_driver = neutron_vpnaas.services.vpn.device_drivers.strongswan_ipsec.StrongSwanDriver

[ipsec]
enable_detailed_logging = False

[fdb]
shared_physical_device_mappings = physnet1:eth1

[designate]
url = https://inside.cloud.example:9001/v2
auth_uri = https://inside.cloud.example:5000
${serviceUser('designate')}
allow_reverse_dns_lookup = True
ipv4_ptr_zone_prefix_size = 24
`,
  },
  {
    form: "kolla-ansible's keystone.conf and glance-api.conf",
    text: `[DEFAULT]
debug = False
show_image_direct_url= True
enabled_backends = archive:rbd, local:file
transport_url = rabbit://openstack:hidden@192.0.2.11:5672//

[fernet_tokens]
max_active_keys = 3

[token]
revoke_by_id = False
provider = fernet
expiration = 86400
allow_expired_window = 172800

[openid]
remote_id_attribute = HTTP_OIDC_ISS

[federation]
trusted_dashboard = https://cloud.example/auth/websso/
sso_callback_template = /etc/keystone/sso.html

[glance_store]
default_backend = archive

[archive]
rbd_store_user = glance
rbd_store_pool = images
rbd_store_ceph_conf = /etc/ceph/ceph.conf

[local]
filesystem_store_datadir = /var/lib/glance/images

[s3]
s3_store_host = https://s3.example
s3_store_bucket = glance

[os_glance_tasks_store]
filesystem_store_datadir = /var/lib/glance/tasks
`,
  },
];
