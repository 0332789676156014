import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ExpectedError, Network, Port, Subnet, declarationOf, networkContract } from '#libs/contracts';
import type { ListArgs, NetworkData, PortData, SubnetData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { networkApi } from '../../apps/gateway/src/network/network.api.js';
import { startStubGateway } from '../support/stub-gateway.js';
import type { StubAnswer, StubGateway, StubRequest } from '../support/stub-gateway.js';

const ID = '0b2d4f36-6ac5-4a33-b9d3-3f6c7c2c1a11';
const PROJECT = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const standard = {
  id: ID,
  name: 'n1',
  project_id: PROJECT,
  description: '',
  tags: [],
  revision_number: 1,
  created_at: '2026-11-21T20:49:56.123456Z',
  updated_at: '2026-11-21T20:49:56.123456Z',
};
const network: NetworkData = {
  ...standard,
  admin_state_up: true,
  status: 'ACTIVE',
  shared: false,
  router_external: false,
  is_default: false,
  mtu: 1450,
  port_security_enabled: true,
  dns_domain: '',
  availability_zone_hints: [],
  provider_network_type: 'vxlan',
  provider_physical_network: null,
  provider_segmentation_id: 7,
  subnets: [],
};
const subnet: SubnetData = {
  ...standard,
  name: 's1',
  network_id: ID,
  ip_version: 4,
  cidr: '10.9.0.0/24',
  gateway_ip: '10.9.0.1',
  enable_dhcp: true,
  allocation_pools: [{ start: '10.9.0.2', end: '10.9.0.254' }],
  dns_nameservers: [],
  host_routes: [],
  ipv6_ra_mode: null,
  ipv6_address_mode: null,
};
const port: PortData = {
  ...standard,
  name: 'p1',
  network_id: ID,
  mac_address: 'fa:16:3e:00:00:01',
  admin_state_up: true,
  status: 'DOWN',
  device_id: '',
  device_owner: '',
  fixed_ips: [{ subnet_id: ID, ip_address: '10.9.0.2' }],
  security_groups: [],
  allowed_address_pairs: [],
  port_security_enabled: true,
  binding_host_id: 'h1',
  binding_vnic_type: 'normal',
  binding_vif_type: 'unbound',
  binding_profile: {},
  binding_vif_details: {},
  dns_name: '',
};

interface Call {
  readonly method: string;
  readonly context: RequestContext;
  readonly args: unknown;
}

/** A worker that knows one network, remembers what it was asked, and answers with fixed objects. */
function stubWorker(calls: Call[]) {
  const asked =
    <A, R>(method: string, answer: (args: A) => R) =>
    async (context: RequestContext, args: A): Promise<R> => {
      calls.push({ method, context, args });
      return answer(args);
    };
  const known = (id: string): void => {
    if (id !== ID) throw new ExpectedError('NetworkNotFound', `Network ${id} could not be found.`);
  };
  return {
    contract: networkContract,
    handlers: {
      network_list: asked('network_list', (args: ListArgs) =>
        declarationOf(Network).page.wrap({ objects: [network], next_marker: args.limit === 1 ? ID : null }),
      ),
      network_get: asked('network_get', ({ id }: { id: string }) => {
        known(id);
        return declarationOf(Network).object.wrap(network);
      }),
      network_create: asked('network_create', ({ networks }: { networks: readonly object[] }) =>
        declarationOf(Network).page.wrap({
          objects: networks.map((body) => ({ ...network, ...body })),
          next_marker: null,
        }),
      ),
      network_update: asked('network_update', (args: { network: object; expected_revision?: number }) => {
        if ((args.expected_revision ?? 1) !== 1) {
          throw new ExpectedError('RevisionNumberConstraintFailed', 'Constrained to 5, but current revision is 1');
        }
        return declarationOf(Network).object.wrap({ ...network, ...args.network });
      }),
      network_delete: asked('network_delete', ({ id }: { id: string }) => {
        known(id);
        throw new ExpectedError('NetworkInUse', `Unable to complete operation on network ${id}.`);
      }),
      subnet_create: asked('subnet_create', () =>
        declarationOf(Subnet).page.wrap({ objects: [subnet], next_marker: null }),
      ),
      subnet_list: asked('subnet_list', (): never => {
        throw new Error('a secret inner detail');
      }),
      port_list: asked('port_list', () => declarationOf(Port).page.wrap({ objects: [port], next_marker: null })),
      port_get: asked('port_get', () => declarationOf(Port).object.wrap(port)),
      port_create: asked('port_create', () => declarationOf(Port).page.wrap({ objects: [port], next_marker: null })),
      port_delete: asked('port_delete', () => null),
      tag_update: asked('tag_update', ({ tags }: { tags: readonly string[] }) => tags),
    },
  };
}

describe('the Network API', () => {
  const calls: Call[] = [];
  let gateway: StubGateway;
  const ask = (request: StubRequest): Promise<StubAnswer> => gateway.request(request);
  const lastArgs = (): unknown => JSON.parse(JSON.stringify(calls.at(-1)?.args ?? null));
  const fault = (answer: StubAnswer): { type: string; message: string } => {
    const { json } = answer;
    assert.ok(typeof json === 'object' && json !== null && 'NeutronError' in json, answer.text);
    const { NeutronError: error } = json;
    assert.ok(typeof error === 'object' && error !== null && 'type' in error && 'message' in error);
    return { type: String(error.type), message: String(error.message) };
  };

  before(async () => {
    gateway = await startStubGateway(networkApi, stubWorker(calls));
  });
  beforeEach(() => {
    calls.length = 0;
  });
  after(() => gateway.stop());

  it('tells its version to everybody, and its resources to callers with a token', async () => {
    const root = await ask({ url: '/', roles: null });
    assert.equal(root.status, 200);
    assert.deepEqual(root.json, {
      versions: [
        {
          id: 'v2.0',
          status: 'CURRENT',
          links: [{ rel: 'self', href: 'http://cloud.example:1234/v2.0/' }],
        },
      ],
    });
    const refused = await ask({ url: '/v2.0/networks', roles: null });
    assert.equal(refused.status, 401);
    assert.deepEqual(refused.json, {
      error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
    });
    const resources = await ask({ url: '/v2.0/' });
    assert.equal(resources.status, 200);
    assert.match(resources.text, /"collection":"networks"/);
  });

  it('describes itself as an OpenAPI document, without a token', async () => {
    const answer = await ask({ url: '/openapi.json', roles: null });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /^\{"openapi":"3\.1\.0"/);
    assert.match(answer.text, /"\/networks\/\{id\}\/tags"/);
  });

  it('lists extensions; an alias that is not there is 404', async () => {
    assert.match((await ask({ url: '/v2.0/extensions' })).text, /"alias":"provider"/);
    assert.equal((await ask({ url: '/v2.0/extensions/net-mtu' })).status, 200);
    assert.equal((await ask({ url: '/v2.0/extensions/no-such-alias' })).status, 404);
  });

  it("runs the command line's network create, subnet create and port create", async () => {
    const created = await ask({
      method: 'POST',
      url: '/v2.0/networks',
      body: { network: { admin_state_up: true, name: 'n1' } },
    });
    assert.equal(created.status, 201);
    assert.deepEqual(lastArgs(), { networks: [{ name: 'n1', admin_state_up: true }] });
    assert.match(String(created.headers['x-openstack-request-id']), /^req-/);
    const subnetBody = { subnet: { network_id: ID, name: 's1', ip_version: 4, cidr: '10.9.0.0/24' } };
    const made = await ask({ method: 'POST', url: '/v2.0/subnets', body: subnetBody });
    assert.equal(made.status, 201);
    assert.match(made.text, /"allocation_pools":\[\{"start":"10.9.0.2"/);
    const portBody = { port: { admin_state_up: true, network_id: ID, name: 'p1' } };
    assert.equal((await ask({ method: 'POST', url: '/v2.0/ports', body: portBody })).status, 201);
  });

  it('creates in bulk', async () => {
    const answer = await ask({
      method: 'POST',
      url: '/v2.0/networks',
      body: { networks: [{ name: 'a' }, { name: 'b' }] },
    });
    assert.equal(answer.status, 201);
    assert.deepEqual(
      [...answer.text.matchAll(/"name":"(\w+)"/g)].map((match) => match[1]),
      ['a', 'b'],
    );
    assert.equal(calls.length, 1);
  });

  it('shows to members what is theirs to see, to administrators everything', async () => {
    const member = await ask({ url: `/v2.0/networks/${ID}` });
    assert.equal(member.status, 200);
    assert.ok(!member.text.includes('provider:'));
    assert.match(member.text, /"router:external":false/);
    assert.match(member.text, /"created_at":"2026-11-21T20:49:56Z"/);
    assert.match(member.text, new RegExp(`"tenant_id":"${PROJECT}"`));
    const admin = await ask({ url: `/v2.0/networks/${ID}`, roles: ['admin'] });
    assert.match(admin.text, /"provider:segmentation_id":7/);
    const portOfMember = await ask({ url: `/v2.0/ports/${ID}` });
    assert.ok(!/binding:(host_id|profile|vif)/.test(portOfMember.text));
    assert.match(portOfMember.text, /"binding:vnic_type":"normal"/);
    assert.match((await ask({ url: `/v2.0/ports/${ID}`, roles: ['admin'] })).text, /"binding:host_id":"h1"/);
  });

  it('answers 404, never 400, for whatever is used as an id', async () => {
    for (const id of ['n1', 'sp%20ace', '%00', 'x'.repeat(300), '%F0%9F%A6%A2', 'a%2Fb']) {
      const answer = await ask({ url: `/v2.0/networks/${id}` });
      assert.equal(answer.status, 404, id);
      assert.equal(fault(answer).type, 'NetworkNotFound');
    }
  });

  it('asks the policy before it refuses a change of what cannot be changed', async () => {
    const change = { network: { 'provider:network_type': 'vlan' } };
    const put = (roles?: readonly string[]) =>
      ask({ method: 'PUT', url: `/v2.0/networks/${ID}`, body: change, ...(roles && { roles }) });
    assert.equal((await put()).status, 403);
    const admin = await put(['admin']);
    assert.equal(admin.status, 400);
    assert.match(fault(admin).message, /read-only attribute provider:network_type/);
  });

  it('answers 404 for what no parent can be', async () => {
    const long = 'x'.repeat(37);
    for (const [path, type] of [
      [`qos/policies/${long}/dscp_marking_rules`, 'QosPolicyNotFound'],
      [`floatingips/${long}/port_forwardings/${ID}`, 'FloatingIPNotFound'],
      [`routers/${long}/conntrack_helpers`, 'RouterNotFound'],
      [`ports/${ID}/bindings/${'h'.repeat(250)}`, 'PortBindingNotFound'],
    ] as const) {
      const answer = await ask({ url: `/v2.0/${path}`, roles: ['admin'] });
      assert.deepEqual([answer.status, fault(answer).type], [404, type]);
    }
  });

  it('lists with filters, fields and pages', async () => {
    const url = '/v2.0/networks?name=n1&name=n2&fields=id&fields=name&limit=1&sort_key=name&sort_dir=asc';
    const answer = await ask({ url });
    assert.deepEqual(lastArgs(), {
      filters: { name: ['n1', 'n2'] },
      limit: 1,
      sort_keys: ['name'],
      sort_dirs: ['asc'],
    });
    const next = new URLSearchParams(url.split('?')[1]);
    next.append('marker', ID);
    const json = answer.json;
    assert.ok(typeof json === 'object' && json !== null && 'networks' in json && 'networks_links' in json);
    assert.deepEqual(json.networks, [{ id: ID, name: 'n1' }]);
    assert.match(JSON.stringify(json.networks_links), new RegExp(`"rel":"next".*marker=${ID}`));
    await ask({ url: `/v2.0/ports?device_id=a&device_id=b&fixed_ips=ip_address%3D10.9.0.2` });
    assert.deepEqual(lastArgs(), { filters: { device_id: ['a', 'b'], fixed_ip_address: ['10.9.0.2'] } });
    const unknown = await ask({ url: '/v2.0/networks?colour=red' });
    assert.equal(unknown.status, 400);
    assert.match(fault(unknown).message, /invalid attribute for filtering/);
  });

  it('reads and changes tags below a resource, and filters by them', async () => {
    const url = `/v2.0/networks/${ID}/tags`;
    const change = async (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => {
      const answer = await ask({ method, url: `${url}${path}`, ...(body === undefined ? {} : { body }) });
      return [answer.status, lastArgs()];
    };
    const asked = (operation: string, kind: string, tags: string[]) => ({
      resource: 'networks',
      id: ID,
      change: kind,
      operation,
      tags,
    });
    assert.deepEqual((await ask({ url })).json, { tags: [] });
    assert.equal((await ask({ url: `${url}/red` })).status, 404);
    assert.deepEqual(await change('PUT', '', { tags: ['a', 'b'] }), [200, asked('update', 'replace', ['a', 'b'])]);
    assert.deepEqual(await change('POST', '', { tags: ['c'] }), [200, asked('create', 'add', ['c'])]);
    assert.deepEqual(await change('PUT', '/red'), [201, asked('update', 'add', ['red'])]);
    assert.deepEqual(await change('DELETE', '/red'), [204, asked('delete', 'remove', ['red'])]);
    assert.deepEqual(await change('DELETE', ''), [204, asked('delete', 'replace', [])]);
    for (const body of [{}, { tags: 'a' }, { tags: ['a', 'a'] }, { tags: ['x'.repeat(256)] }]) {
      const refused = await ask({ method: 'PUT', url, body });
      assert.deepEqual([refused.status, fault(refused).type], [400, 'InvalidInput'], JSON.stringify(body));
    }
    await ask({ url: '/v2.0/networks?tags=a,b&not-tags-any=c' });
    assert.deepEqual(lastArgs(), { filters: { tags: ['a', 'b'], not_tags_any: ['c'] } });
  });

  it('asks the policy about attributes before the worker', async () => {
    const create = (body: object, roles: string[]): Promise<StubAnswer> =>
      ask({ method: 'POST', url: '/v2.0/networks', body: { network: body }, roles });
    const shared = await create({ shared: true }, ['member', 'reader']);
    assert.equal(shared.status, 403);
    assert.deepEqual(fault(shared), {
      type: 'PolicyNotAuthorized',
      message: '(rule:create_network and rule:create_network:shared) is disallowed by policy',
    });
    assert.equal((await create({ shared: false, 'router:external': 'false' }, ['member', 'reader'])).status, 201);
    assert.equal((await create({ name: 'x' }, ['reader'])).status, 403);
    assert.equal((await create({ shared: true, 'provider:network_type': 'vlan' }, ['admin'])).status, 201);
    const foreign = await create({ tenant_id: 'other' }, ['member', 'reader']);
    assert.equal(foreign.status, 400);
    assert.match(fault(foreign).message, /requires admin privileges/);
    assert.equal((await create({ tenant_id: 'other' }, ['admin'])).status, 201);
    const update = { network: { shared: true } };
    assert.equal((await ask({ method: 'PUT', url: `/v2.0/networks/${ID}`, body: update })).status, 403);
    const unseen = `/v2.0/networks/${ID.replaceAll(/[0-9]/g, 'e')}`;
    assert.equal((await ask({ method: 'PUT', url: unseen, body: update })).status, 404, 'not there for the caller');
  });

  it('leaves to the worker whose security group a rule is for: members make rules', async () => {
    const body = { security_group_rule: { security_group_id: ID, direction: 'ingress', protocol: 'tcp' } };
    const create = (roles: string[]): Promise<StubAnswer> =>
      ask({ method: 'POST', url: '/v2.0/security-group-rules', body, roles });
    // The stub has no answer to it: it was asked.
    assert.equal((await create(['member', 'reader'])).status, 500);
    assert.equal((await create(['reader'])).status, 403);
  });

  it('changes and deletes, insisting on a revision when asked to', async () => {
    const put = (ifMatch: string): Promise<StubAnswer> =>
      ask({
        method: 'PUT',
        url: `/v2.0/networks/${ID}`,
        body: { network: { name: 'n2' } },
        headers: { 'if-match': ifMatch },
      });
    assert.equal((await put('revision_number=1')).status, 200);
    assert.deepEqual(lastArgs(), { id: ID, network: { name: 'n2' }, expected_revision: 1 });
    const stale = await put('revision_number=5');
    assert.equal(stale.status, 412);
    assert.equal(fault(stale).type, 'RevisionNumberConstraintFailed');
    const inUse = await ask({ method: 'DELETE', url: `/v2.0/networks/${ID}` });
    assert.equal(inUse.status, 409);
    assert.equal(fault(inUse).type, 'NetworkInUse');
    const gone = await ask({ method: 'DELETE', url: `/v2.0/ports/${ID}` });
    assert.deepEqual([gone.status, gone.text], [204, '']);
  });

  it('answers bad requests in its own form', async () => {
    const post = (body: unknown): Promise<StubAnswer> => ask({ method: 'POST', url: '/v2.0/networks', body });
    for (const body of ['{"network": ', '[]', '{"network": {"nome": "x"}}', '"text"', '{"network": {"name": 7}}']) {
      const answer = await post(body);
      assert.equal(answer.status, 400, body);
      assert.equal(fault(answer).type, 'HTTPBadRequest');
    }
    assert.equal((await post(JSON.stringify({ network: { name: 'x'.repeat(120_000) } }))).status, 413);
    assert.equal(calls.length, 0);
  });

  it('answers what it does not have, and what went wrong, in its own form', async () => {
    for (const url of ['/v2.0/firewalls', '/v2.0/vpnservices', '/v2.0/unknown', `/v2.0/networks/${ID}/unknown`]) {
      const answer = await ask({ url });
      assert.equal(answer.status, 404, url);
      assert.equal(fault(answer).type, 'HTTPNotFound');
    }
    const method = await ask({ method: 'PATCH', url: `/v2.0/networks/${ID}`, body: {} });
    assert.equal(method.status, 405);
    const broken = await ask({ url: '/v2.0/subnets' });
    assert.equal(broken.status, 500);
    assert.ok(!broken.text.includes('secret'));
    assert.equal(fault(broken).type, 'HTTPInternalServerError');
  });

  it('lends the request context to the worker, without the token', async () => {
    await ask({ url: '/v2.0/networks' });
    const { context } = calls[0]!;
    assert.equal(context.project_id, PROJECT);
    assert.deepEqual(context.roles, ['member', 'reader']);
    assert.ok(!JSON.stringify(context).includes('eyJ'));
  });

  it('answers 503 at once when no worker serves the topic', async () => {
    const lonely = await startStubGateway(networkApi, stubWorker([]));
    await lonely.stopWorker();
    const started = performance.now();
    const answer = await lonely.request({ url: '/v2.0/networks' });
    await lonely.stop();
    assert.equal(answer.status, 503);
    assert.equal(fault(answer).type, 'NoWorker');
    assert.ok(performance.now() - started < 5000);
  });
});
