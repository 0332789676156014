import type { DeploymentFile } from './deployment-file.js';

/** Every group and name from a table: no blank lines, lower-case booleans, lists with commas, repeated multi-strings. */
export const fromTables: readonly DeploymentFile[] = [
  {
    form: "openstack-helm's nova.conf",
    text: `[DEFAULT]
allow_resize_to_same_host = true
default_ephemeral_format = ext4
log_config_append = /etc/nova/logging.conf
metadata_workers = 1
my_ip = 0.0.0.0
osapi_compute_listen = 0.0.0.0
osapi_compute_listen_port = 8774
osapi_compute_workers = 1
ram_allocation_ratio = 1.0
state_path = /var/lib/nova
transport_url = rabbit://nova:hidden@rabbitmq-0.messaging.openstack.svc.cluster.local:5672,nova:hidden@rabbitmq-1.messaging.openstack.svc.cluster.local:5672/nova
[api_database]
connection = mysql+pymysql://nova:hidden@mariadb.openstack.svc.cluster.local:3306/nova_api?charset=utf8
max_retries = -1
[barbican]
barbican_endpoint_type = internal
[ironic]
api_endpoint = http://ironic-api.openstack.svc.cluster.local:6385
auth_version = v3
endpoint_type = internal
[keystone_authtoken]
memcache_secret_key = hidden
auth_type = password
auth_version = v3
memcache_security_strategy = ENCRYPT
service_token_roles = service
service_token_roles_required = true
service_type = compute
[libvirt]
connection_uri = qemu+unix:///system?socket=/run/libvirt/libvirt-sock
cpu_model_extra_flags = pcid,ssbd
disk_cachemodes = network=writeback
virt_type = kvm
[oslo_messaging_rabbit]
heartbeat_in_pthread = false
rabbit_interval_max = 10
rabbit_quorum_queues = true
rabbit_retry_backoff = 0
rabbit_transient_quorum_queue = true
rabbit_transient_queues_ttl = 60
use_queue_manager = true
[placement]
auth_type = password
auth_version = v3
[spice]
html5proxy_host = 0.0.0.0
server_listen = 0.0.0.0
[vnc]
auth_schemes = none
novncproxy_host = 0.0.0.0
server_listen = 0.0.0.0
`,
  },
  {
    form: "openstack-helm's neutron.conf and glance-api.conf",
    text: `[DEFAULT]
api_workers = 1
bind_port = 9696
core_plugin = ml2
default_availability_zones = nova
dhcp_agents_per_network = 2
enabled_backends = file:file,http:http
global_physnet_mtu = 1500
l3_ha_network_type = vxlan
network_auto_schedule = true
rpc_workers = 1
transport_url = rabbit://neutron:hidden@rabbitmq:5672/neutron
[designate]
auth_type = password
auth_version = v3
endpoint_type = internal
[glance_store]
default_swift_reference = ref1
rbd_store_crush_rule = replicated_rule
rbd_store_pool = glance.images
rbd_store_replication = 3
stores = file,http,rbd,swift
[ironic]
auth_version = v3
endpoint_type = internal
[octavia]
request_poll_timeout = 3000
[rbd]
rbd_store_chunk_size = 8
rbd_store_crush_rule = replicated_rule
rbd_store_pool = glance.images
[swift]
default_swift_reference = ref1
swift_store_container = glance
swift_store_create_container_on_put = true
[taas]
enabled = false
`,
  },
];
