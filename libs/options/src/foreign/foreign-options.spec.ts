import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allOptionGroups } from '../groups/all-groups.js';
import { foreignAliases, isForeignGroup, isForeignOption } from './foreign-options.js';
import { OptionTable } from '#libs/config';

/** `[group] name …`, one group per line. */
function namesIn(text: string): readonly (readonly [group: string, name: string])[] {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [, group = '', names = ''] = /^\s*\[(\S+)\] (.*)$/.exec(line) ?? [];
      return names.split(' ').map((name) => [group, name] as const);
    });
}

const known = `
  [DEFAULT] core_plugin rpc_response_max_timeout lock_path disable_process_locking dhcp_domain use_forwarded_for
  [DEFAULT] metadata_cache_expiration enable_instance_password vendordata_providers vendordata_dynamic_targets
  [DEFAULT] novncproxy_host novncproxy_port novncproxy_base_url vncserver_listen vncserver_proxyclient_address
  [DEFAULT] allow_overlapping_ips use_neutron firewall_driver linuxnet_interface_driver my_ip rootwrap_config
  [DEFAULT] admin_token public_endpoint show_image_direct_url rpc_backend
  [cells] enable name
  [vnc] vncserver_listen server_listen novncproxy_base_url keymap
  [neutron] url auth_version auth_type application_credential_secret timeout
  [placement_database] connection
  [api_database] connection
  [placement] os_region_name application_credential_secret
  [ovs] bridge_mappings local_ip integration_bridge
  [oslo_limit] endpoint_id auth_url username
  [oslo_concurrency] lock_path
  [oslo_messaging_rabbit] rabbit_host rabbit_userid rabbit_hosts heartbeat_in_pthread kombu_reconnect_delay
  [keystone_authtoken] memcache_tls_enabled memcache_tls_cafile memcached_servers memcache_security_strategy
  [libvirt] virt_type cpu_mode images_type rbd_user
  [ml2] type_drivers mechanism_drivers extension_drivers
  [ml2_type_vxlan] vni_ranges
  [securitygroup] enable_security_group firewall_driver
  [privsep_osbrick] helper_command
  [vif_plug_ovs_privileged] helper_command
  [mdev_nvidia-35] device_addresses
  [service_providers] service_provider
  [fernet_tokens] max_active_keys
  [glance_store] stores rbd_store_pool filesystem_store_datadir
  [paste_deploy] flavor
  [backend_defaults] rbd_store_pool cinder_catalog_info
  [rbd] rbd_store_user
  [neutron_physnet_blue] numa_nodes
  [ipsec] enable_detailed_logging
  [quotas] quota_port_pair quota_network
  [ironic] auth_version endpoint_type
`;

describe('isForeignOption', () => {
  it('knows what nova, neutron, keystone, glance or a library of theirs ever had', () => {
    for (const [group, name] of namesIn(known)) assert.ok(isForeignOption(group, name), `[${group}] ${name}`);
    for (const [group] of namesIn(known)) assert.ok(isForeignGroup(group), group);
  });

  it('knows no misspelt names', () => {
    const unknown = `
      [DEFAULT] core_plugins my_ipp lock_pat
      [libvirt] auth_url virt_typ
      [nowhere] connection
      [mdev_nvidia-35] device_address
      [privsep_osbrick] helper_commands
      [placement] application_credential_secrets
      [quotas] quota_netwrok
      [default] debug
    `;
    for (const [group, name] of namesIn(unknown)) assert.ok(!isForeignOption(group, name), `[${group}] ${name}`);
    assert.ok(!isForeignGroup('default'));
  });
});

/** Names that upstream replaced by a name with another meaning here. */
const OTHERWISE: ReadonlySet<string> = new Set();

describe('an old name of an option that is one of ours', () => {
  it('sets it here too', () => {
    const table = new OptionTable(allOptionGroups);
    const find = (key: string) => {
      const [group = '', name = ''] = key.split('.');
      return table.find(group, name)?.option;
    };
    const lost = foreignAliases()
      .filter(([old, present]) => find(present) !== undefined && find(old) === undefined)
      .map(([old, present]) => `${old} > ${present}`);
    assert.deepEqual(
      lost.filter((alias) => !OTHERWISE.has(alias)),
      [],
    );
  });
});
