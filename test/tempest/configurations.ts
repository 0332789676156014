/** Options by group, as oslo.config's files have them. */
export type Options = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** A cloud that tests of the suite run against. */
export interface Configuration {
  /** For readers of the results. */
  readonly about: string;
  /** Of albireo-server. */
  readonly cloud: Options;
  /** With the store s3 beside `file`; the S3 server is moto's. */
  readonly s3?: true;
  /** With guests of QEMU, which are reached by floating IPs: albireo-tiny, and a bridge outside. */
  readonly guests?: true;
  /** Of tempest, beside what `commonOptions` says. */
  readonly tempest: Options;
}

/** Where the images of the tests about imports are served; a port of the run's own network namespace. */
export const IMAGE_SOURCE_PORT = 8090;

/** The bridge of the run's own network namespace that the external network `public` is on, as on a node of DevStack. */
export const OUTSIDE_BRIDGE = 'br-ex';

/** What is the same in all of them: consoles, and the rules of passwords that DevStack turns on. */
const CLOUD: Options = {
  spice: { enabled: true },
  serial_console: { enabled: true, base_url: 'ws://127.0.0.1:6083/' },
  security_compliance: { lockout_failure_attempts: 2, lockout_duration: 5, unique_last_password_count: 2 },
  import_filtering_opts: { allowed_hosts: '127.0.0.1', allowed_ports: IMAGE_SOURCE_PORT },
};

const FEATURES: Options[string] = {
  change_password: true,
  hostname_fqdn_sanitization: true,
  nova_policy_roles: 'admin,manager,member,reader',
  personality: true,
  resize: true,
  scheduler_enabled_filters:
    'ComputeFilter,ComputeCapabilitiesFilter,ImagePropertiesFilter,ServerGroupAntiAffinityFilter,ServerGroupAffinityFilter,SameHostFilter,DifferentHostFilter',
  serial_console: true,
  spice_console: true,
  stable_rescue: true,
  vnc_console: true,
};

/** Of an emulated guest on a machine that has other work. */
const PATIENCE_S = 300;

export const CONFIGURATIONS = {
  'one host': {
    about: 'one `fake` host, as on one node of DevStack',
    cloud: CLOUD,
    tempest: { 'compute-feature-enabled': { ...FEATURES, live_migration: false } },
  },
  'two stores': {
    about: 'one `fake` host, images in a directory or in S3',
    cloud: { ...CLOUD, glance_store: { stores: 'file,s3' } },
    s3: true,
    tempest: {},
  },
  'one host, larger quotas': {
    about: "one `fake` host, with the quotas of neutron-tempest-plugin's own jobs",
    cloud: {
      ...CLOUD,
      quotas: { quota_floatingip: 500, quota_router: 100, quota_security_group: 150, quota_security_group_rule: 1000 },
    },
    tempest: { 'compute-feature-enabled': { ...FEATURES, live_migration: false } },
  },
  'two hosts': {
    about: 'two `fake` hosts: migrations, evacuations, affinity',
    cloud: { ...CLOUD, fake: { hosts: 2 } },
    tempest: {
      compute: { min_compute_nodes: 2 },
      'compute-feature-enabled': {
        ...FEATURES,
        block_migration_for_live_migration: true,
        live_migrate_back_and_forth: true,
        live_migration: true,
      },
    },
  },
  guests: {
    about: 'one host whose servers are guests of QEMU, which the tests log in to by their floating IPs',
    cloud: {
      ...CLOUD,
      DEFAULT: {
        allow_resize_to_same_host: true,
        compute_driver: 'qemu',
        cpu_allocation_ratio: 32,
        shutdown_timeout: 5,
      },
      qemu: { network: 'host', wait_soft_reboot_seconds: 20 },
      linux_bridge: { bridge_mappings: `public:${OUTSIDE_BRIDGE}` },
    },
    guests: true,
    tempest: {
      compute: { build_timeout: PATIENCE_S },
      'compute-feature-enabled': {
        ...FEATURES,
        change_password: false,
        live_migration: false,
        spice_console: false,
      },
      validation: {
        run_validation: true,
        connect_method: 'floating',
        image_ssh_user: 'root',
        image_alt_ssh_user: 'root',
        ssh_timeout: PATIENCE_S,
        ping_timeout: PATIENCE_S,
      },
      scenario: { dhcp_client: 'udhcpc' },
    },
  },
} as const satisfies Readonly<Record<string, Configuration>>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;

/** A part of the suite that is run at once. */
export interface Group {
  readonly configuration: ConfigurationName;
  /** Regular expression (Python's) of the tests. */
  readonly tests: string;
  /** In how many processes. @default 2 */
  readonly processes?: number;
}

export const GROUPS: Readonly<Record<string, Group>> = {
  identity: { configuration: 'one host', tests: String.raw`^tempest\.api\.identity` },
  compute: { configuration: 'one host', tests: String.raw`^tempest\.api\.compute` },
  network: { configuration: 'one host', tests: String.raw`^tempest\.api\.network` },
  image: { configuration: 'two stores', tests: String.raw`^tempest\.api\.image` },
  scenario: { configuration: 'one host', tests: String.raw`^tempest\.scenario` },
  'neutron-plugin': { configuration: 'one host, larger quotas', tests: String.raw`^neutron_tempest_plugin\.api` },
  'keystone-plugin': { configuration: 'one host', tests: String.raw`^keystone_tempest_plugin\.tests` },
  guests: {
    configuration: 'guests',
    tests: String.raw`^tempest\.(scenario\.test_(minimum_basic|network_basic_ops|security_groups_basic_ops|server_basic_ops)|api\.compute\.servers\.test_(attach_interfaces|create_server))\.`,
    processes: 1,
  },
  'guests-actions': {
    configuration: 'guests',
    tests: String.raw`^tempest\.(scenario\.test_(shelve_instance|snapshot_pattern)|api\.compute\.servers\.test_server_actions)\.`,
    processes: 1,
  },
  'guests-network': {
    configuration: 'guests',
    tests: String.raw`^tempest\.scenario\.test_network_(advanced_server_ops|v6)\.`,
    processes: 1,
  },
  hosts: {
    configuration: 'two hosts',
    tests: String.raw`^tempest\.(serial_tests|scenario\.test_server_multinode|api\.compute\.admin\.(test_(live_)?migration|test_servers_on_multinodes|test_servers_negative))`,
  },
};

/** What the run has made, and tempest is told. */
export interface Prepared {
  readonly workspace: string;
  readonly password: string;
  readonly publicNetwork: string;
  readonly images: readonly [string, string];
  /** Aliases of the network extensions that the cloud announces. */
  readonly extensions: readonly string[];
  /** A file that the scenarios upload. */
  readonly imageFile: string;
}

/** tempest's options as DevStack writes them for a cloud without volumes and without connections to guests. */
export function commonOptions(prepared: Prepared): Options {
  const { workspace, password, publicNetwork, images, extensions, imageFile } = prepared;
  const source = `http://127.0.0.1:${IMAGE_SOURCE_PORT}/image`;
  return {
    DEFAULT: { log_dir: `${workspace}/logs`, log_file: 'tempest.log', debug: true },
    oslo_concurrency: { lock_path: `${workspace}/locks` },
    auth: { admin_username: 'admin', admin_password: password, admin_project_name: 'admin' },
    identity: {
      uri_v3: 'http://127.0.0.1:5000/v3',
      user_lockout_failure_attempts: 2,
      user_lockout_duration: 5,
      user_unique_last_password_count: 2,
    },
    'identity-feature-enabled': { security_compliance: true, domain_specific_drivers: true },
    compute: {
      image_ref: images[0],
      image_ref_alt: images[1],
      flavor_ref: 42,
      flavor_ref_alt: 84,
      max_microversion: 'latest',
      build_timeout: 60,
    },
    network: {
      public_network_id: publicNetwork,
      floating_network_name: 'public',
      project_network_cidr: '10.1.0.0/16',
      build_timeout: 60,
    },
    'network-feature-enabled': {
      api_extensions: extensions.join(','),
      ipv6_subnet_attributes: true,
      port_security: true,
      qos_placement_physnet: 'public',
    },
    neutron_plugin_options: {
      agent_availability_zone: 'nova',
      available_type_drivers: 'flat,vlan,vxlan,gre,geneve',
      create_shared_resources: true,
      provider_vlans: 'public',
    },
    image: { build_timeout: 60, http_image: source, http_qcow2_image: source },
    scenario: { img_file: imageFile },
    // No server answers: a test that speaks with one all the same fails soon.
    validation: { run_validation: false, ssh_timeout: 5, ping_timeout: 5 },
    service_available: { cinder: false, horizon: false, swift: false },
    enforce_scope: { keystone: true, nova: true, neutron: true, glance: true },
  };
}

/** The file of such options; of two that are the same the later counts. */
export function optionsFile(...given: readonly Options[]): string {
  const groups = new Map<string, Record<string, unknown>>();
  for (const options of given) {
    for (const [group, values] of Object.entries(options)) groups.set(group, { ...groups.get(group), ...values });
  }
  const lines = [...groups].flatMap(([group, values]) => [
    `[${group}]`,
    ...Object.entries(values).map(([name, value]) => `${name} = ${String(value)}`),
    '',
  ]);
  return lines.join('\n');
}
