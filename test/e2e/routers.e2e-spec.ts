import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { openstackResult } from '#testing/openstack-command';
import { OpenstackSession } from '#testing/openstack-session';
import { missingPythonModules } from '#testing/peers';
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
    // What `openstack router unset --external-gateway` asks first: none of the gateways.
    const none = await ask(200, 'PUT', `${path}/remove_external_gateways`, { router: { external_gateways: {} } });
    assert.ok(inner(none, 'router')['external_gateway_info'] !== null);

    await ask(204, 'DELETE', `/ports/${String(port['id'])}`);
    const apart = inner(await ask(200, 'GET', ipPath), 'floatingip');
    assert.deepEqual([apart['status'], apart['port_id'], apart['port_details']], ['DOWN', null, null]);
    await ask(204, 'DELETE', ipPath);
    await ask(200, 'PUT', `${path}/remove_router_interface`, body);
    await ask(204, 'DELETE', path);
    await ask(204, 'DELETE', `/networks/${String(network['id'])}`);
    await ask(204, 'DELETE', `/networks/${String(external['id'])}`);
  });

  it(
    'are made and taken away with the openstack command',
    { skip: missingPythonModules('openstackclient') },
    async () => {
      const session = new OpenstackSession(stack.directory, stack.cloudsFile);
      const target = { ...stack, session };
      const run = async (line: string): Promise<string> => {
        const { code, stdout, stderr } = await openstackResult(target, line.split(' '));
        assert.equal(code, 0, `openstack ${line}\n${stderr}${stdout}`);
        return stdout;
      };
      const json = async <T>(line: string): Promise<T> => JSON.parse(await run(`${line} -f json`)) as T;
      /** A command that the server refuses, in these words. */
      const fails = async (line: string, text: RegExp): Promise<void> => {
        const { code, stdout, stderr } = await openstackResult(target, line.split(' '));
        assert.notEqual(code, 0, `openstack ${line}`);
        assert.match(`${stderr}${stdout}`, text, `openstack ${line}`);
      };
      try {
        await run('network create --external outside');
        await run('subnet create --network outside --subnet-range 198.51.100.0/24 --no-dhcp outside-v4');
        await run('network create tenant');
        await run('subnet create --network tenant --subnet-range 10.20.0.0/24 tenant-v4');
        await run('router create edge');
        await run('router set --external-gateway outside edge');
        await run('router add subnet edge tenant-v4');
        await run('security group create web');
        await run('security group rule create --protocol tcp --dst-port 22 --remote-ip 0.0.0.0/0 web');
        await run('security group rule create --protocol icmp web');
        await run(
          'security group rule create --ethertype IPv6 --protocol tcp --dst-port 80:443 --remote-group web web',
        );
        assert.equal((await json<Row[]>('security group rule list web')).length, 5);
        await run('server create --wait --image cirros --flavor 1 --network tenant --security-group web vm');
        const floating = await json<Row>('floating ip create outside');
        const address = String(floating['floating_ip_address']);
        assert.equal(floating['status'], 'DOWN');
        await run(`server add floating ip vm ${address}`);
        const server = await json<{ addresses: Record<string, string[]>; id: string }>('server show vm');
        assert.deepEqual(server.addresses, { tenant: [server.addresses['tenant']?.[0], address] });
        // As `openstack server ssh` and other clients choose: the floating address is the one from outside.
        const { addresses } = inner(
          await api.expect(200, 'osapi_compute', 'GET', `/v2.1/servers/${server.id}`),
          'server',
        ) as { addresses: Record<string, Row[]> };
        assert.deepEqual(
          addresses['tenant']?.map((one) => [one['OS-EXT-IPS:type'], one['addr'] === address]),
          [
            ['fixed', false],
            ['floating', true],
          ],
        );
        const shown = await json<Row>(`floating ip show ${address}`);
        assert.deepEqual([shown['status'], shown['fixed_ip_address']], ['ACTIVE', server.addresses['tenant']?.[0]]);

        await fails('network delete outside', /409|in use/i);
        await fails('network delete tenant', /There are one or more ports still in use on the network/);
        await fails('subnet delete tenant-v4', /One or more ports have an IP allocation from this subnet/);
        await fails('router delete edge', /Router .* has ports still attached/);
        await fails('router remove subnet edge tenant-v4', /required by one or more floating IPs/);
        await fails('router unset --external-gateway edge', /required by one or more floating IPs/);
        await fails('security group delete web', /Security Group .* in use/);
        await fails('security group create --project nobody web2', /No project with a name or ID of 'nobody'/);
        await fails(`floating ip create --floating-ip-address ${address} outside`, /already allocated in subnet|409/);

        await run(`server remove floating ip vm ${address}`);
        assert.equal((await json<Row>(`floating ip show ${address}`))['status'], 'DOWN');
        await run('server delete --wait vm');
        await run('security group delete web');
        await run(`floating ip delete ${address}`);
        await fails('router delete edge', /Router .* has ports still attached/);
        await run('router remove subnet edge tenant-v4');
        await run('router delete edge');
        await run('network delete tenant outside');
        assert.deepEqual(await json('router list'), []);
      } finally {
        session.close();
      }
    },
  );

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
