import { OpenApiJudge } from '#testing/openapi-judge';
import { computeOpenApi } from '../../apps/gateway/src/compute/openapi/document.js';
import { novaTable } from './nova-table.js';
import { LEFT_OUT, rewritten, valueAt } from './replay.js';
import type { Body, Player, SampleApi } from './replay.js';

const STATES: Readonly<Record<string, readonly (readonly [Body, string])[]>> = {
  stopped: [[{ 'os-stop': null }, 'SHUTOFF']],
  paused: [[{ pause: null }, 'PAUSED']],
  suspended: [[{ suspend: null }, 'SUSPENDED']],
  rescued: [[{ rescue: null }, 'RESCUE']],
  offloaded: [[{ shelve: null }, 'SHELVED_OFFLOADED']],
  resized: [[{ resize: { flavorRef: '2' } }, 'VERIFY_RESIZE']],
  migrated: [[{ migrate: null }, 'VERIFY_RESIZE']],
};

async function untilStatus(player: Player, wanted: string): Promise<void> {
  for (let left = 600; left > 0; left -= 1) {
    const { json } = await player.send('GET', `/servers/${player.name('server')}`);
    const server = json['server'] as Body | undefined;
    if (server?.['status'] === wanted) return;
    if (server?.['status'] === 'ERROR') throw new Error(`ERROR: ${JSON.stringify(server['fault'])}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the server is never ${wanted}`);
}

async function freshServer(player: Player): Promise<void> {
  const earlier = player.world.get('fresh');
  if (earlier !== undefined) await player.send('DELETE', `/servers/${earlier}`);
  const body = {
    server: {
      name: player.unique('sample'),
      flavorRef: player.name('flavor'),
      imageRef: player.name('image'),
      networks: [{ uuid: player.name('network') }],
      metadata: { 'My Server Name': 'Apache1' },
    },
  };
  const id = await player.make('POST', '/servers', body, 'server.id', 'v2.60');
  player.world.set('server', id);
  player.world.set('fresh', id);
  await untilStatus(player, 'ACTIVE');
}

async function network(player: Player, method: string, path: string, body: unknown, from = ''): Promise<string> {
  const answer = await player.client.request('network', method, `/v2.0${path}`, body === undefined ? {} : { body });
  if (answer.status >= 400) throw new Error(`set-up: ${method} ${path}: ${answer.status} ${answer.text}`);
  return from === '' ? '' : valueAt(answer.json, from);
}

const setups: Record<string, (player: Player) => Promise<void>> = {
  server: freshServer,
  async port(player) {
    const id = await network(player, 'POST', '/ports', { port: { network_id: player.name('network') } }, 'port.id');
    player.world.set('port', id);
  },
  async attached(player) {
    await freshServer(player);
    const { json } = await player.send('GET', `/servers/${player.name('server')}/os-interface`);
    player.world.set('port', valueAt(json, 'interfaceAttachments.0.port_id'));
  },
  async flavorAccess(player) {
    const path = `/flavors/${player.name('private')}/action`;
    await player.send('POST', path, { addTenantAccess: { tenant: player.name('project') } });
  },
  async noAggregates(player) {
    const { json } = await player.send('GET', '/os-aggregates');
    for (const { id, hosts } of (json['aggregates'] ?? []) as { id: number; hosts: string[] }[]) {
      for (const host of hosts) await player.make('POST', `/os-aggregates/${id}/action`, { remove_host: { host } });
      await player.send('DELETE', `/os-aggregates/${id}`);
    }
  },
  async aggregate(player) {
    await setups['noAggregates']?.(player);
    const body = { aggregate: { name: player.unique('aggregate'), availability_zone: 'nova2' } };
    player.world.set('aggregate', await player.make('POST', '/os-aggregates', body, 'aggregate.id'));
  },
  async aggregateWithHost(player) {
    await setups['aggregate']?.(player);
    const path = `/os-aggregates/${player.name('aggregate')}/action`;
    await player.make('POST', path, { add_host: { host: player.name('host2') } });
  },
  async floatingIp(player) {
    const body = { floatingip: { floating_network_id: player.name('external') } };
    player.world.set('floating', await network(player, 'POST', '/floatingips', body, 'floatingip.floating_ip_address'));
  },
  async floatingIpOnServer(player) {
    await setups['floatingIp']?.(player);
    const body = { addFloatingIp: { address: player.name('floating') } };
    await player.make('POST', `/servers/${player.name('server')}/action`, body);
  },
  async fixedIp(player) {
    await freshServer(player);
    const { json } = await player.send('GET', `/servers/${player.name('server')}/ips`);
    player.world.set('fixed', valueAt(json, 'addresses.private.0.addr'));
  },
  async withActions(player) {
    await freshServer(player);
    await player.make('POST', `/servers/${player.name('server')}/action`, { 'os-stop': null });
    await untilStatus(player, 'SHUTOFF');
  },
  async action(player) {
    const { json } = await player.send('GET', `/servers/${player.name('server')}/os-instance-actions`);
    player.world.set('request', valueAt(json, 'instanceActions.0.request_id'));
  },
  async migration(player) {
    await setups['migrated']?.(player);
    const { json } = await player.send('GET', '/os-migrations');
    player.world.set('migration', valueAt(json, 'migrations.0.uuid'));
  },
  async migrating(player) {
    await freshServer(player);
    const body = { 'os-migrateLive': { host: null, block_migration: 'auto' } };
    await player.make('POST', `/servers/${player.name('server')}/action`, body, '', 'v2.60');
    for (let left = 100; left > 0; left -= 1) {
      const { json } = await player.send('GET', `/servers/${player.name('server')}/migrations`, undefined, 'v2.60');
      const [first] = (json['migrations'] ?? []) as { id: number }[];
      if (first !== undefined) {
        player.world.set('running', String(first.id));
        return;
      }
    }
    throw new Error('no running migration');
  },
  async service(player) {
    const newer = Number(player.version.slice(3)) >= 53;
    const { json } = await player.send('GET', '/os-services?binary=nova-compute', undefined, 'v2.53');
    const path = `/os-services/${valueAt(json, 'services.0.id')}`;
    player.world.set('serviceHost', valueAt(json, 'services.0.host'));
    for (const [name, old] of Object.entries({
      serviceDisable: 'disable',
      serviceDisableLog: 'disable-log-reason',
      serviceEnable: 'enable',
      serviceForceDown: 'force-down',
    }))
      player.world.set(name, newer ? path : `/os-services/${old}`);
  },
  async serviceUp(player) {
    const { json } = await player.send('GET', '/os-services?binary=nova-compute', undefined, 'v2.53');
    const path = `/os-services/${valueAt(json, 'services.0.id')}`;
    await player.make('PUT', path, { forced_down: false, status: 'enabled' }, '', 'v2.53');
  },
  async hostDown(player) {
    const { json } = await player.send('GET', `/servers/${player.name('server')}`);
    const host = valueAt(json, 'server.OS-EXT-SRV-ATTR:host');
    const services = (await player.send('GET', `/os-services?binary=nova-compute`, undefined, 'v2.53')).json;
    for (const service of services['services'] as { id: string; host: string }[])
      await player.make('PUT', `/os-services/${service.id}`, { forced_down: service.host === host }, '', 'v2.53');
    player.world.set('other', player.name(host === player.name('host') ? 'host2' : 'host'));
  },
  async unlimited(player) {
    const quotas = { instances: -1, cores: -1, ram: -1, key_pairs: -1, server_groups: -1, force: true };
    const path = `/os-quota-sets/${player.name('project')}`;
    await player.make('PUT', path, { quota_set: quotas }, '', 'v2.60');
    await player.send('DELETE', `${path}?user_id=${player.name('user')}`);
  },
  async hypervisor(player) {
    const { json } = await player.send('GET', '/os-hypervisors');
    const name = valueAt(json, 'hypervisors.0.hypervisor_hostname');
    const newer = Number(player.version.slice(3)) >= 53;
    player.world.set('hypervisor', valueAt(json, 'hypervisors.0.id'));
    player.world.set(
      'hypervisorSearch',
      newer ? `/os-hypervisors?hypervisor_hostname_pattern=${name}` : `/os-hypervisors/${name}/search`,
    );
    player.world.set(
      'hypervisorServers',
      newer ? '/os-hypervisors?with_servers=true' : `/os-hypervisors/${name}/servers`,
    );
  },
  async consoleToken(player) {
    const url = new URL(player.name('consoleUrl'));
    player.world.set(
      'consoleToken',
      url.searchParams.get('token') ?? url.searchParams.get('path')?.split('token=')[1] ?? '',
    );
  },
};
for (const [state, steps] of Object.entries(STATES)) {
  setups[state] = async (player) => {
    await freshServer(player);
    for (const [body, status] of steps) {
      await player.make('POST', `/servers/${player.name('server')}/action`, body, '', 'v2.60');
      await untilStatus(player, status);
    }
  };
}

export const nova: SampleApi = {
  api: 'osapi_compute',
  prefix: '/v2.1',
  folder: (name) => name,
  table: novaTable,
  judge: new OpenApiJudge(computeOpenApi()),
  data: new Set(['cpu_info', 'metadata', 'meta', 'extra_specs', 'addresses', 'hints', 'scheduler_hints', 'properties']),
  version: (version) => ({ 'openstack-api-version': `compute ${version.slice(1)}` }),
  setups,
  async prepare(player) {
    const { images } = await player.client.expect(200, 'image', 'GET', '/v2/images?name=cirros');
    const [small] = images as { id: string }[];
    player.world.set('image', small?.id ?? '');
    player.world.set('flavor', '1');
    player.world.set('larger', '2');
    const { json: token } = await player.client.request('identity', 'GET', '/v3/auth/tokens', {
      headers: { 'x-subject-token': player.client.token },
    });
    player.world.set('project', valueAt(token, 'token.project.id'));
    player.world.set('user', valueAt(token, 'token.user.id'));
    const external = { network: { name: 'public', 'router:external': true } };
    player.world.set('external', await network(player, 'POST', '/networks', external, 'network.id'));
    const outside = { network_id: player.name('external'), ip_version: 4, cidr: '203.0.113.0/24' };
    await network(player, 'POST', '/subnets', { subnet: outside });
    player.world.set(
      'network',
      await network(player, 'POST', '/networks', { network: { name: 'private' } }, 'network.id'),
    );
    const inside = { network_id: player.name('network'), ip_version: 4, cidr: '192.168.0.0/22' };
    const subnet = await network(player, 'POST', '/subnets', { subnet: inside }, 'subnet.id');
    const router = { router: { name: 'r', external_gateway_info: { network_id: player.name('external') } } };
    const id = await network(player, 'POST', '/routers', router, 'router.id');
    await network(player, 'PUT', `/routers/${id}/add_router_interface`, { subnet_id: subnet });
    const { json } = await player.send('GET', '/os-services?binary=nova-compute', undefined, 'v2.53');
    player.world.set('host', valueAt(json, 'services.0.host'));
    player.world.set('host2', valueAt(json, 'services.1.host'));
    await setups['unlimited']?.(player);
    await network(player, 'PUT', `/quotas/${player.name('project')}`, { quota: { floatingip: -1, port: -1 } });
    await freshServer(player);
  },
  adapt(body, player, request) {
    if ('server' in body && !('networks' in (body['server'] as Body)) && request.includes('create')) {
      Object.assign(body['server'] as Body, { networks: [{ uuid: player.name('network') }] });
    }
    return rewritten(body, (key, value, path) => {
      if (key === 'imageRef' || key === 'rescue_image_ref') return player.name('image');
      if (key === 'flavorRef') return player.name(request.includes('resize') ? 'larger' : 'flavor');
      if (key === 'same_host' || key === 'server_uuid') return player.name('fresh');
      if (key === 'networks' && value === 'auto') return [{ uuid: player.name('network') }];
      if (key === 'uuid' && path.includes('networks')) return player.name('network');
      if (key === 'net_id' || key === 'networkId') return player.name('network');
      if (key === 'port_id') return player.name('port');
      if (key === 'ip_address') return LEFT_OUT;
      if (key === 'fixed_ips') return LEFT_OUT;
      if (key === 'tenant_id' || key === 'project_id' || key === 'tenant') return player.name('project');
      if (key === 'user_id') return player.name('user');
      if (key === 'availability_zone' && value !== null && !request.startsWith('aggregate')) return 'nova';
      if (path === 'flavor.id' && request.includes('create')) return player.unique('flavor');
      if ((path === 'flavor.name' || path === 'keypair.name' || path === 'aggregate.name') && request.includes('post'))
        return player.unique(String(value));
      if (path === 'flavor.name') return player.unique(String(value));
      if (path === 'host') return player.name('serviceHost');
      if (path === 'add_host.host' || path === 'remove_host.host') return player.name('host2');
      if (path === 'evacuate.host') return player.name('other');
      if (path === 'os-migrateLive.host' || path === 'migrate.host') return null;
      if (key === 'host' || key === 'hypervisor_hostname') return player.name('host2');
      if (key === 'parent_group_id' || key === 'group_id') return player.name('securityGroup');
      if (key === 'pool') return 'public';
      if (path === 'addFloatingIp.address' || path === 'removeFloatingIp.address') return player.name('floating');
      if (path === 'addFloatingIp.fixed_address') return LEFT_OUT;
      if (path === 'removeFixedIp.address') return player.name('fixed');
      return undefined;
    }) as Body;
  },
};
