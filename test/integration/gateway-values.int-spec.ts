import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Enforcer } from '#libs/policy';
import { openEdge } from '../../apps/gateway/src/edge/open-edge.js';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import type { ApiApplication } from '../../apps/gateway/src/edge/application.js';
import { openPolicy } from '../../apps/gateway/src/edge/policy/open-policy.js';
import { identityApi } from '../../apps/gateway/src/identity/identity.api.js';
import { imageApi } from '../../apps/gateway/src/image/image.api.js';
import { networkApi } from '../../apps/gateway/src/network/network.api.js';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { testConfiguration } from '../../apps/worker/src/testing/memory-worker.js';
import { WorkerService } from '../../apps/worker/src/worker-service.js';

type Api = 'identity' | 'image' | 'network';

/** Values that have hurt such APIs: wrong types, bounds, NUL, lone surrogates, addresses that nearly fit. */
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e20,
  '',
  'a\0b',
  '\ud800',
  'a'.repeat(256),
  [],
  [null],
  [[]],
  [{}],
  {},
  '10.0.0.1/24',
  '0.0.0.0/0',
  '::ffff:10.0.0.1',
  '0b2d4f36-6ac5-4a33-b9d3-3f6c7c2c1a11',
  [{ start: '::1', end: '10.0.0.2' }],
  [{ destination: '0.0.0.0/0', nexthop: '::1' }],
  [{ ip_address: '10.0.255.255' }, { ip_address: '::1' }],
];

const ATTRIBUTES = {
  network: ['name', 'project_id', 'admin_state_up', 'mtu', 'provider:network_type', 'provider:segmentation_id'],
  subnet: ['network_id', 'ip_version', 'cidr', 'gateway_ip', 'allocation_pools', 'dns_nameservers', 'host_routes'],
  port: [
    'name',
    'mac_address',
    'fixed_ips',
    'device_id',
    'allowed_address_pairs',
    'binding:vnic_type',
    'binding:profile',
  ],
} as const;

const PASSWORD = 'correct horse';

describe('the Identity, Image and Network APIs on a real worker', () => {
  const apps = new Map<Api, ApiApplication>();
  let stop: () => Promise<void>;
  let token = '';
  let network = '';

  const ask = async (api: Api, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) => {
    const answer = await apps.get(api)!.fastify.inject({
      method,
      url,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    assert.ok(answer.statusCode < 500, `${method} ${url} ${JSON.stringify(body)}: ${answer.statusCode} ${answer.body}`);
    return answer;
  };
  const logIn = (auth: unknown) => ask('identity', 'POST', '/v3/auth/tokens', { auth });
  const passwordOf = (user: object) => ({ identity: { methods: ['password'], password: { user } } });

  before(async () => {
    const config = testConfiguration({
      OS_DEFAULT__EPHEMERAL: 'true',
      OS_IDENTITY__ADMIN_PASSWORD: PASSWORD,
      OS_IDENTITY__SIGNING_KEYS: 'k'.repeat(40),
    });
    const worker = new WorkerService({ config, program: 'test-worker' });
    await worker.start();
    const transport = await openTransport(config, 'test-gateway');
    const policies: Enforcer[] = [];
    const policyOf = (name: Api): Enforcer => {
      const policy = openPolicy(name, config);
      policies.push(policy);
      return policy;
    };
    for (const api of [identityApi, imageApi, networkApi]) {
      const { name } = api;
      if (name !== 'identity' && name !== 'image' && name !== 'network') throw new Error(`unexpected API ${name}`);
      apps.set(name, await createApiApplication(api, openEdge(name, config, transport, policyOf(name))));
    }
    stop = async () => {
      for (const app of apps.values()) await app.close();
      for (const policy of policies) policy.stop();
      await transport.stop();
      await worker.stop(5_000);
    };
    const domain = { id: 'default' };
    const scope = { project: { name: 'admin', domain } };
    const answer = await logIn({ ...passwordOf({ name: 'admin', domain, password: PASSWORD }), scope });
    assert.equal(answer.statusCode, 201, answer.body);
    token = String(answer.headers['x-subject-token']);
    const created = await ask('network', 'POST', '/v2.0/networks', { network: { name: 'n' } });
    network = created.json<{ network: { id: string } }>().network.id;
    await ask('network', 'POST', '/v2.0/subnets', {
      subnet: { network_id: network, ip_version: 4, cidr: '10.0.0.0/16' },
    });
  });
  after(() => stop());

  it('serve what the worker has', async () => {
    assert.match((await ask('image', 'GET', '/v2/images?name=cirros')).body, /"status":"active"/);
    assert.match((await ask('identity', 'GET', '/v3/role_assignments?include_names')).body, /"name":"admin"/);
    const port = await ask('network', 'POST', '/v2.0/ports', { port: { network_id: network } });
    assert.equal(port.statusCode, 201);
    const [, address = ''] = /"ip_address":"([\d.]+)"/.exec(port.body) ?? [];
    const found = await ask('network', 'GET', `/v2.0/ports?fixed_ips=ip_address%3D${address}&fields=id`);
    assert.match(found.body, /^\{"ports":\[\{"id":"[^"]+"\}\]\}$/);
    assert.equal((await ask('network', 'DELETE', `/v2.0/networks/${network}`)).statusCode, 409);
  });

  it('page through everything once', async () => {
    const networks = Array.from({ length: 5 }, (_, index) => ({ name: `page-${index}` }));
    assert.equal((await ask('network', 'POST', '/v2.0/networks', { networks })).statusCode, 201);
    const seen: string[] = [];
    let url: string | undefined = '/v2.0/networks?limit=2&sort_key=name&sort_dir=desc&fields=name&fields=id';
    while (url !== undefined) {
      const page = await ask('network', 'GET', url);
      const json = page.json<{ networks: { name: string }[]; networks_links?: { rel: string; href: string }[] }>();
      seen.push(...json.networks.map((one) => one.name));
      const next: string | undefined = json.networks_links?.find((link) => link.rel === 'next')?.href;
      url = next === undefined ? undefined : next.slice(next.indexOf('/v2.0'));
    }
    assert.deepEqual(seen, ['page-4', 'page-3', 'page-2', 'page-1', 'page-0', 'n']);
  });

  it('never fail unexpectedly, whatever an attribute is', async () => {
    const good = { network: {}, subnet: { network_id: network, ip_version: 4 }, port: { network_id: network } };
    let count = 0;
    for (const kind of ['network', 'subnet', 'port'] as const) {
      for (const attribute of ATTRIBUTES[kind]) {
        for (const value of VALUES) {
          count += 1;
          const cidr = kind === 'subnet' ? { cidr: `10.${(count % 200) + 1}.${count % 250}.0/24` } : {};
          const body = { [kind]: { ...good[kind], ...cidr, [attribute]: value } };
          const answer = await ask('network', 'POST', `/v2.0/${kind}s`, body);
          if (answer.statusCode === 400) assert.match(answer.body, /^\{"NeutronError":/);
        }
      }
    }
  });

  it('never fail unexpectedly, whatever a log in says', async () => {
    for (const value of VALUES) {
      await logIn(value);
      await logIn({ identity: value });
      await logIn({ identity: { methods: value } });
      await logIn({ identity: { methods: ['password'], password: value } });
      await logIn(passwordOf({ id: value, name: value, domain: value, password: 'x' }));
      await logIn({ ...passwordOf({ id: 'nobody', password: 'x' }), scope: { project: value } });
      await logIn({ identity: { methods: ['token'], token: { id: value } } });
    }
  });

  it('never fail unexpectedly, whatever a query says', async () => {
    const values = ['', 'x', '-1', '%00', '%F0%9F%A6%A2', '1e3', 'in:%22', '10.0.0.0/16', 'ip_address=x', "'--"];
    const keys = ['id', 'name', 'mtu', 'created_at', 'cidr', 'limit', 'marker', 'sort_key', 'fixed_ips', 'sort', 'tag'];
    const paths: [Api, string][] = [
      ['network', '/v2.0/networks'],
      ['network', '/v2.0/subnets'],
      ['network', '/v2.0/ports'],
      ['image', '/v2/images'],
      ['identity', '/v3/projects'],
    ];
    for (const [api, path] of paths) {
      for (const key of keys) {
        for (const value of values) {
          const more = key === 'marker' ? '&limit=1' : '&sort_dir=asc';
          await ask(api, 'GET', `${path}?${key}=${value}${key === 'sort_key' || key === 'marker' ? more : ''}`);
        }
      }
    }
  });
});
