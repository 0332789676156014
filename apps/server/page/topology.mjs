import { list } from './api.mjs';
import { h, mood, s, show } from './dom.mjs';
import { every } from './polling.mjs';

const COLUMN = 210;
const ROW = 74;
const LEFT = 150;
const TOP = 62;

/** Networks as bars, and what hangs on them: routers and servers with their addresses. */
export function topology(main) {
  const place = h('section');
  main.append(place);
  return every(3000, main, async (isOver) => {
    const [networks, subnets, ports, routers, servers] = await Promise.all([
      list('network', '/v2.0/networks?fields=id&fields=name&fields=router:external&fields=status', 'networks'),
      list('network', '/v2.0/subnets?fields=id&fields=network_id&fields=cidr', 'subnets'),
      list('network', '/v2.0/ports?fields=network_id&fields=device_id&fields=fixed_ips&fields=status', 'ports'),
      list('network', '/v2.0/routers?fields=id&fields=name&fields=status', 'routers'),
      list('compute', '/v2.1/servers/detail?all_tenants=1&limit=1000', 'servers'),
    ]);
    if (isOver()) return;
    const things = servers.map(({ id, name, status }) => ({ id, name, status }));
    show(place, [networks, subnets, ports, routers, things], () =>
      picture({ networks, subnets, ports, routers, servers: things }),
    );
  }).end;
}

function picture({ networks, subnets, ports, routers, servers }) {
  if (networks.length === 0) return h('p', { class: 'empty' }, 'There are no networks.');
  const bars = networks.toSorted(
    (a, b) => Number(b['router:external']) - Number(a['router:external']) || a.name.localeCompare(b.name),
  );
  const x = new Map(bars.map(({ id }, at) => [id, LEFT + at * COLUMN]));
  const nodes = [
    ...routers.map((router) => ({ ...router, kind: 'router' })),
    ...servers.map((server) => ({ ...server, kind: 'server' })),
  ]
    .map((node) => ({ ...node, ports: ports.filter((port) => port.device_id === node.id && x.has(port.network_id)) }))
    .toSorted(
      (a, b) =>
        firstOf(a, x) - firstOf(b, x) ||
        (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'router' ? -1 : 1),
    );
  const height = TOP + Math.max(1, nodes.length) * ROW + 20;
  const width = Math.max(LEFT + bars.length * COLUMN, 600);
  return s(
    'svg',
    {
      class: 'topology',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': 'Network topology',
    },
    bars.map((network, at) => bar(network, at, subnets, height)),
    nodes.map((node, row) => drawn(node, TOP + 14 + row * ROW, x, bars)),
  );
}

/** Where a node begins: left of the first of its networks. */
const firstOf = (node, x) => Math.min(...node.ports.map((port) => x.get(port.network_id)), Infinity);

function bar(network, at, subnets, height) {
  const left = LEFT + at * COLUMN;
  const ranges = subnets.filter(({ network_id: of }) => of === network.id).map(({ cidr }) => cidr);
  const external = network['router:external'] ? ' (external)' : '';
  return s(
    'g',
    {},
    s('text', { x: left, y: 18, 'text-anchor': 'middle' }, `${network.name || network.id.slice(0, 8)}${external}`),
    s(
      'text',
      { x: left, y: 34, class: 'soft', 'text-anchor': 'middle' },
      ranges.slice(0, 2).join(', ') + (ranges.length > 2 ? ', …' : ''),
    ),
    s(
      'rect',
      { x: left - 5, y: 44, width: 10, height: height - 56, rx: 5, class: `n${at % 6}` },
      s('title', {}, network.id),
    ),
  );
}

function drawn(node, y, x, bars) {
  const first = firstOf(node, x);
  const left = (first === Infinity ? LEFT : first) - 130;
  const middle = y + 22;
  const lines = node.ports
    .toSorted((a, b) => x.get(b.network_id) - x.get(a.network_id))
    .flatMap((port, at) => {
      const to = x.get(port.network_id);
      const color = `n${bars.findIndex(({ id }) => id === port.network_id) % 6}`;
      // Several lines of one node lie one below the other.
      const height = middle - 9 + (at % 3) * 9;
      const label = port.fixed_ips.map(({ ip_address: ip }) => ip).join(', ');
      return [
        s('line', { x1: left + 112, x2: to, y1: height, y2: height, class: color }),
        s('circle', { cx: to, cy: height, r: 5, class: color }),
        s('text', { x: to + 10, y: height + (at % 3) * 5, class: 'soft' }, label),
      ];
    });
  const name = node.name || node.id.slice(0, 8);
  return s(
    'g',
    {},
    lines,
    s(
      'rect',
      {
        x: left,
        y,
        width: 112,
        height: 44,
        rx: node.kind === 'router' ? 22 : 6,
        class: `box ${mood(node.status)} ${node.kind}`,
      },
      s('title', {}, node.id),
    ),
    s('text', { x: left + 56, y: y + 19, 'text-anchor': 'middle' }, name.length > 15 ? `${name.slice(0, 14)}…` : name),
    s(
      'text',
      { x: left + 56, y: y + 34, class: 'soft', 'text-anchor': 'middle' },
      node.kind === 'router' ? 'router' : node.status.toLowerCase(),
    ),
  );
}
