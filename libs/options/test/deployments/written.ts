import type { DeploymentFile } from './deployment-file.js';

/** Written line by line in addition to the file that the package installed, `name=value`, booleans as `True`. */
export const lineByLine: readonly DeploymentFile[] = [
  {
    form: "puppet-nova's nova.conf",
    text: `[DEFAULT]
my_ip=192.0.2.21
host=controller.example
cpu_allocation_ratio=4.0
initial_ram_allocation_ratio=1.0
dhcp_domain=cloud.example
instance_name_template=instance-%08x
state_path=/var/lib/nova
service_down_time=60
rootwrap_config=/etc/nova/rootwrap.conf
report_interval=10
enabled_apis=osapi_compute,metadata
long_rpc_timeout=1800
rpc_response_timeout=60
control_exchange=nova
executor_thread_pool_size=64
log_dir=/var/log/nova
use_journal=False
logging_context_format_string=%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [%(request_id)s] %(message)s
wsgi_keep_alive=True
transport_url=rabbit://guest:hidden@192.0.2.21:5671/?ssl=1
[api]
auth_strategy=keystone
use_forwarded_for=False
max_limit=1000
local_metadata_per_cell=False
[keystone_authtoken]
www_authenticate_uri=https://cloud.example:5000/v3
auth_type=password
auth_url=https://cloud.example:5000
username=nova
password=hidden
project_name=services
user_domain_name=Default
project_domain_name=Default
service_token_roles_required=False
[vendordata_dynamic_auth]
auth_type=password
os_region_name=RegionOne
[oslo_limit]
endpoint_id=0123456789abcdef
auth_type=password
username=nova
user_domain_name=Default
password=hidden
system_scope=all
[neutron_physnet_blue]
numa_nodes=0,1
[neutron_tunnel]
numa_nodes=0
[vif_plug_ovs]
ovsdb_connection=tcp:127.0.0.1:6640
[mdev_nvidia-35]
device_addresses=0000:84:00.0,0000:85:00.0
[notifications]
notification_format=unversioned
[upgrade_levels]
compute=auto
[healthcheck]
path=/healthcheck
backends=disable_by_file
`,
  },
  {
    form: "puppet-glance's and puppet-keystone's files",
    text: `[DEFAULT]
enabled_backends=first:cinder
transport_url=rabbit://guest:hidden@192.0.2.21:5672/
[backend_defaults]
cinder_catalog_info=volumev3::internalURL
filesystem_thin_provisioning=False
rbd_store_pool=images
[first]
cinder_store_auth_address=https://cloud.example:5000
[mapped]
remote_id_attribute=MELLON_IDP
`,
  },
];

/** A package's own file after its configuration questions: everything commented out except the answers. */
export const installed: readonly DeploymentFile[] = [
  {
    form: "Debian's keystone.conf",
    text: `[DEFAULT]

#
# From keystone
#

# Using this feature is *NOT* recommended. (string value)
#admin_token = <None>
log_dir = /var/log/keystone
use_stderr = false
[cache]
#enabled = true
[identity]
#driver = sql
[token]
#provider = fernet
[oslo_policy]
policy_file = policy.yaml
policy_dirs = policy.d
`,
  },
];
