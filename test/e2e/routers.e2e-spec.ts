import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

type Row = Record<string, unknown>;

/** The classic walk: from an external network to a floating IP that leads to a port, and back in any wrong order. */
describe('routers and floating IPs of the Network API', () => {
  let stack: Stack;
  let api: ApiClient;
  before(async () => {
    stack = await startEmbedded();
    api = new ApiClient(stack.ports);
    await api.login();
  });
  after(() => stack?.stop());

  const ask = (status: number, method: string, path: string, body?: unknown): Promise<Row> =>
    api.expect(status, 'network', method, `/v2.0${path}`, body === undefined ? {} : { body });
  const inner = (answer: Row, key: string): Row => {
    const found = answer[key];
    assert.ok(typeof found === 'object' && found !== null, JSON.stringify(answer));
    return { ...found };
  };
  const make = async (plural: string, singular: string, body: object): Promise<Row> =>
    inner(await ask(201, 'POST', `/${plural}`, { [singular]: body }), singular);
  const refused = async (status: number, type: string, method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await api.request('network', method, `/v2.0${path}`, body === undefined ? {} : { body });
    assert.deepEqual([answer.status, inner(answer.json, 'NeutronError')['type']], [status, type]);
  };

  it('are made in the usual order and taken away in no other', async () => {
    const external = await make('networks', 'network', { name: 'public', 'router:external': true });
    await make('subnets', 'subnet', { network_id: external['id'], cidr: '203.0.113.0/24', ip_version: 4 });
    const router = await make('routers', 'router', { external_gateway_info: { network_id: external['id'] } });
    const network = await make('networks', 'network', { name: 'private' });
    const subnet = await make('subnets', 'subnet', { network_id: network['id'], cidr: '10.9.0.0/24', ip_version: 4 });
    const path = `/routers/${String(router['id'])}`;
    const body = { subnet_id: subnet['id'] };
    const joined = await ask(200, 'PUT', `${path}/add_router_interface`, body);
    assert.deepEqual(
      [joined['id'], joined['subnet_id'], joined['subnet_ids'], joined['network_id'], joined['tenant_id']],
      [router['id'], subnet['id'], [subnet['id']], network['id'], router['project_id']],
    );
    const port = await make('ports', 'port', { network_id: network['id'] });
    const ip = await make('floatingips', 'floatingip', { floating_network_id: external['id'] });
    const ipPath = `/floatingips/${String(ip['id'])}`;
    const bound = inner(await ask(200, 'PUT', ipPath, { floatingip: { port_id: port['id'] } }), 'floatingip');
    assert.deepEqual([bound['status'], bound['router_id']], ['ACTIVE', router['id']]);

    await refused(409, 'NetworkInUse', 'DELETE', `/networks/${String(external['id'])}`);
    await refused(409, 'NetworkInUse', 'DELETE', `/networks/${String(network['id'])}`);
    await refused(409, 'SubnetInUse', 'DELETE', `/subnets/${String(subnet['id'])}`);
    await refused(409, 'RouterInUse', 'DELETE', path);
    await refused(409, 'ServicePortInUse', 'DELETE', `/ports/${String(joined['port_id'])}`);
    await refused(409, 'RouterInterfaceInUseByFloatingIP', 'PUT', `${path}/remove_router_interface`, body);
    await refused(409, 'RouterExternalGatewayInUseByFloatingIp', 'PUT', path, {
      router: { external_gateway_info: {} },
    });

    await ask(204, 'DELETE', `/ports/${String(port['id'])}`);
    const apart = inner(await ask(200, 'GET', ipPath), 'floatingip');
    assert.deepEqual([apart['status'], apart['port_id'], apart['port_details']], ['DOWN', null, null]);
    await ask(204, 'DELETE', ipPath);
    await ask(200, 'PUT', `${path}/remove_router_interface`, body);
    await ask(204, 'DELETE', path);
    await ask(204, 'DELETE', `/networks/${String(network['id'])}`);
    await ask(204, 'DELETE', `/networks/${String(external['id'])}`);
  });

  it('are found by their fields and tags', async () => {
    const router = await make('routers', 'router', { name: 'marked' });
    const path = `/routers/${String(router['id'])}`;
    assert.ok('distributed' in router && 'ha' in router);
    await ask(200, 'PUT', `${path}/tags`, { tags: ['edge'] });
    const found = await ask(200, 'GET', '/routers?name=marked&tags=edge&fields=id&fields=tags');
    assert.deepEqual(found['routers'], [{ id: router['id'], tags: ['edge'] }]);
    assert.deepEqual((await ask(200, 'GET', '/floatingips?status=ACTIVE'))['floatingips'], []);
    await refused(404, 'RouterNotFound', 'GET', `/routers/${String(router['project_id'])}`);
    await ask(204, 'DELETE', path);
  });
});
