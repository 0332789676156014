// Makes the table of the option names that nova, neutron, keystone, glance and their libraries have or had, so that
// their files can be read: libs/options/src/foreign/foreign-names.cts. The names are those that the projects
// print themselves (the listings of oslo-config-generator), one virtual environment a release.
//   node tools/foreign-names/foreign-names.mjs DIRECTORY
// Makes the environments in DIRECTORY that are not there yet, with `uv` (which takes the packages as they were on a
// day) and the Pythons of `releases` (python3.6 and so on must be on PATH), lists them and writes the table.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const projects = ['nova', 'neutron', 'keystone', 'glance'];

/** What adds options to neutron.conf, as deployment tools write it. */
const extensions = [
  'neutron-dynamic-routing',
  'neutron-fwaas',
  'neutron-vpnaas',
  'networking-bgpvpn',
  'networking-sfc',
  'ovn-octavia-provider',
  'tap-as-a-service',
];

/** The oldest of PyPI, two in which many names went away, Debian's, the newest; all as of `day`. */
const releases = [
  {
    name: 'pike',
    python: '3.6',
    day: '2019-07-01',
    packages: ['nova<17', 'neutron<12', 'keystone<13', 'glance<16', 'neutron-lib<1.10', 'oslo.messaging<5.31'],
  },
  { name: 'rocky', python: '3.6', day: '2019-07-01', packages: ['nova<19', 'neutron<14', 'keystone<15', 'glance<18'] },
  { name: 'train', python: '3.7', day: '2019-11-15', packages: projects },
  { name: 'zed', python: '3.10', day: '2022-10-20', packages: projects },
  { name: '2026.2', python: '3.12', day: '2026-11-15', packages: [...projects, ...extensions] },
];

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('usage: node tools/foreign-names/foreign-names.mjs DIRECTORY');
  process.exit(2);
}
mkdirSync(directory, { recursive: true });

/** Prints what each release's projects list; the environment is made when it is not there. */
function list({ name, python, day, packages }) {
  const environment = join(directory, name);
  const own = join(environment, 'bin', 'python');
  const uv = (...args) => execFileSync('uv', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (!existsSync(join(environment, 'installed'))) {
    uv('venv', '--quiet', '--clear', '--python', `python${python}`, environment);
    uv('pip', 'install', '--quiet', '--python', own, '--exclude-newer', day, 'setuptools', ...packages);
    writeFileSync(join(environment, 'installed'), '');
  }
  const text = execFileSync(own, ['-W', 'ignore', fileURLToPath(new URL('list-options.py', import.meta.url))], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // Old code warns of itself at length; what could not be listed is told below.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const listing = JSON.parse(text);
  console.error(`${name}: ${listing.rows.length} options`);
  for (const [namespace, reason] of Object.entries(listing.failed)) console.error(`  without ${namespace}: ${reason}`);
  return listing;
}

/** Group to name to the option it is an old name of (`group.name`), or '' for an option of its own. */
const groups = new Map();
const groupOf = (group) => (group === 'DEFAULT' ? group : group.toLowerCase());
const plain = (name) => name.replaceAll('-', '_');

function add(group, name, target) {
  const key = groupOf(group);
  if (!groups.has(key)) groups.set(key, new Map());
  groups.get(key).set(plain(name), target);
}

for (const release of releases) {
  const { rows, service_user: serviceUser } = list(release);
  const all = [...rows, ...serviceUser.map(([name, old]) => ['*', name, old.map(([, oldName]) => ['*', oldName])])];
  // A later release outweighs the ones before, and within one an option outweighs an old name of another.
  for (const [group, name, oldNames] of all) {
    for (const [oldGroup, oldName] of oldNames) {
      const isSame = groupOf(oldGroup) === groupOf(group) && plain(oldName) === plain(name);
      if (!isSame) add(oldGroup, oldName, `${groupOf(group)}.${plain(name)}`);
    }
  }
  for (const [group, name] of all) add(group, name, '');
}

/**
 * Options that no listing prints but files have: of libraries that list none (os-vif), of agents that went away, names
 * that deployment tools write though nothing reads them.
 */
const inFiles = [
  ['*', ['auth_version', 'endpoint_type']],
  ['DEFAULT', ['bgp_drscheduler_driver']],
  ['audit', ['audit_map_file', 'ignore_req_list']],
  ['designate', ['admin_auth_url', 'admin_username', 'admin_password', 'admin_tenant_name', 'auth_uri']],
  ['fdb', ['shared_physical_device_mappings']],
  ['glance_store', ['rbd_store_crush_rule', 'rbd_store_replication']],
  ['octavia', ['request_poll_timeout']],
  ['oslo_limit', ['auth_type']],
  ['oslo_messaging_rabbit', ['rabbit_quorum_queues']],
  ['taas', ['driver', 'enabled']],
  ['vendordata_dynamic_auth', ['os_region_name']],
  [
    'vif_plug_ovs',
    [
      'default_qos_type',
      'isolate_vif',
      'network_device_mtu',
      'ovs_vsctl_timeout',
      'ovsdb_connection',
      'ovsdb_interface',
      'per_port_bridge',
    ],
  ],
];
for (const [group, names] of inFiles) for (const name of names) add(group, name, '');

const byText = ([left], [right]) => (left < right ? -1 : 1);
const lines = [];
for (const [group, names] of [...groups].toSorted(byText)) {
  lines.push(`[${group}]`);
  let line = '';
  for (const [name, target] of [...names].toSorted(byText)) {
    const word = target === '' ? name : `${name}>${target}`;
    if (line !== '' && line.length + word.length > 112) {
      lines.push(line);
      line = '';
    }
    line += `${line === '' ? '  ' : ' '}${word}`;
  }
  lines.push(line);
}
writeFileSync(
  fileURLToPath(new URL('../../libs/options/src/foreign/foreign-names.cts', import.meta.url)),
  `// Made by tools/foreign-names: names only, one group after another; old>group.new. [*] is any group with auth_type.\n` +
    `// Releases: ${releases.map(({ name }) => name).join(', ')}.\n` +
    `const foreignNames = \`\n${lines.join('\n')}\n\`;\nexport = foreignNames;\n`,
);
