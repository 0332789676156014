import { list } from './api.mjs';
import { h, show, state, table } from './dom.mjs';
import { every } from './polling.mjs';

const id = ['Id', (row) => row.id, 'id'];
const name = ['Name', (row) => row.name || h('span', { class: 'soft' }, '(none)')];
const status = ['Status', (row) => state(row.status)];
const addresses = (ips) => (ips ?? []).map(({ ip_address: ip }) => ip).join(', ');
const project = ['Project', (row) => projects.get(row.project_id ?? row.tenant_id ?? row.owner) ?? '', ''];
let projects = new Map();

const KINDS = [
  {
    title: 'Servers',
    service: 'compute',
    path: '/v2.1/servers/detail?all_tenants=1&limit=1000',
    collection: 'servers',
    columns: [
      name,
      status,
      ['Task', (row) => row['OS-EXT-STS:task_state'] ?? ''],
      ['Host', (row) => row['OS-EXT-SRV-ATTR:host'] ?? ''],
      ['Flavor', (row) => row.flavor?.original_name ?? ''],
      [
        'Addresses',
        (row) =>
          Object.values(row.addresses)
            .flat()
            .map(({ addr }) => addr)
            .join(', '),
        'wide',
      ],
      ['Project', (row) => projects.get(row.tenant_id) ?? ''],
      id,
    ],
  },
  {
    title: 'Networks',
    service: 'network',
    path: '/v2.0/networks',
    collection: 'networks',
    columns: [
      name,
      status,
      ['External', (row) => (row['router:external'] ? 'yes' : '')],
      ['Shared', (row) => (row.shared ? 'yes' : '')],
      ['MTU', (row) => row.mtu],
      project,
      id,
    ],
  },
  {
    title: 'Subnets',
    service: 'network',
    path: '/v2.0/subnets',
    collection: 'subnets',
    columns: [
      name,
      ['Range', (row) => row.cidr, 'id'],
      ['Gateway', (row) => row.gateway_ip ?? '', 'id'],
      ['DHCP', (row) => (row.enable_dhcp ? 'yes' : '')],
      project,
      id,
    ],
  },
  {
    title: 'Ports',
    service: 'network',
    path: '/v2.0/ports',
    collection: 'ports',
    columns: [
      name,
      status,
      ['Addresses', (row) => addresses(row.fixed_ips), 'id'],
      ['MAC', (row) => row.mac_address, 'id'],
      ['Owner', (row) => row.device_owner],
      project,
      id,
    ],
  },
  {
    title: 'Routers',
    service: 'network',
    path: '/v2.0/routers',
    collection: 'routers',
    columns: [
      name,
      status,
      ['Gateway', (row) => addresses(row.external_gateway_info?.external_fixed_ips), 'id'],
      project,
      id,
    ],
  },
  {
    title: 'Floating IPs',
    service: 'network',
    path: '/v2.0/floatingips',
    collection: 'floatingips',
    columns: [
      ['Address', (row) => row.floating_ip_address, 'id'],
      ['Fixed', (row) => row.fixed_ip_address ?? '', 'id'],
      status,
      project,
      id,
    ],
  },
  {
    title: 'Security groups',
    service: 'network',
    path: '/v2.0/security-groups',
    collection: 'security_groups',
    columns: [name, ['Rules', (row) => row.security_group_rules.length], project, id],
  },
  {
    title: 'Images',
    service: 'image',
    path: '/v2/images?limit=1000',
    collection: 'images',
    columns: [
      name,
      status,
      ['Visibility', (row) => row.visibility],
      ['Format', (row) => row.disk_format ?? ''],
      ['Bytes', (row) => row.size ?? ''],
      project,
      id,
    ],
  },
  {
    title: 'Flavors',
    service: 'compute',
    path: '/v2.1/flavors/detail?is_public=None',
    collection: 'flavors',
    columns: [
      name,
      ['VCPUs', (row) => row.vcpus],
      ['RAM, MiB', (row) => row.ram],
      ['Disk, GiB', (row) => row.disk],
      id,
    ],
  },
  {
    title: 'Services',
    service: 'compute',
    path: '/v2.1/os-services',
    collection: 'services',
    columns: [
      ['Binary', (row) => row.binary],
      ['Host', (row) => row.host],
      ['Zone', (row) => row.zone],
      ['Status', (row) => state(row.status)],
      ['State', (row) => state(row.state)],
    ],
  },
  {
    title: 'Projects',
    service: 'identity',
    path: '/v3/projects',
    collection: 'projects',
    columns: [name, ['Enabled', (row) => state(row.enabled)], id],
  },
  {
    title: 'Users',
    service: 'identity',
    path: '/v3/users',
    collection: 'users',
    columns: [name, ['Enabled', (row) => state(row.enabled)], id],
  },
];

let chosen = KINDS[0];

/** What there is, as a table that stays true. */
export function resources(main) {
  const kinds = h('div', { class: 'counts' });
  const place = h('section');
  const search = h('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter', input: () => loop.now() });
  main.append(h('div', { class: 'tools' }, kinds, search), place);
  const counts = new Map();
  const buttons = () =>
    show(kinds, [chosen.title, [...counts]], () =>
      KINDS.map((kind) =>
        h(
          'button',
          {
            class: kind === chosen ? 'on' : '',
            click: () => {
              chosen = kind;
              void loop.now();
            },
          },
          counts.has(kind.title) ? `${kind.title} ${counts.get(kind.title)}` : kind.title,
        ),
      ),
    );
  let round = 0;
  const loop = every(2000, main, async (isOver) => {
    const kind = chosen;
    buttons();
    if (round % 5 === 0)
      projects = new Map((await list('identity', '/v3/projects', 'projects')).map((one) => [one.id, one.name]));
    const found = await list(kind.service, kind.path, kind.collection);
    if (isOver() || kind !== chosen) return;
    counts.set(kind.title, found.length);
    buttons();
    const wanted = search.value.toLowerCase();
    const rows = found.filter((row) => wanted === '' || JSON.stringify(row).toLowerCase().includes(wanted));
    show(place, [kind.title, rows, [...projects]], () =>
      table(kind.columns, rows, `There are no ${kind.title.toLowerCase()}.`),
    );
    round += 1;
  });
  return loop.end;
}
