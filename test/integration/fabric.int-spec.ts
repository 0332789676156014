import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PortData, PortInput } from '#libs/contracts';
import { DHCP_AGENT, L3_AGENT, signInstanceId } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import { missingForNetworks } from '#testing/guest-host';
import { GuestStandIn } from '#testing/guest-stand-in';
import { HostFabric } from '../../apps/worker/src/fabric/host-fabric.js';
import { NetworkSpace } from '../../apps/worker/src/fabric/kernel/network-space.js';
import { outsideNamespace, routerNamespace, tapOf } from '../../apps/worker/src/fabric/layout/names.js';
import { AgentManager } from '../../apps/worker/src/network/agents/agent-manager.js';
import { AgentReports } from '../../apps/worker/src/network/agents/agent-reports.js';
import { createNetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import type { NetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import { FloatingIpManager } from '../../apps/worker/src/network/floating-ips/floating-ip-manager.js';
import { PortForwardingManager } from '../../apps/worker/src/network/floating-ips/port-forwarding-manager.js';
import { defaultNetworkSettings } from '../../apps/worker/src/network/network-settings.js';
import { QosBandwidthLimitRuleManager } from '../../apps/worker/src/network/qos/qos-rule-managers.js';
import { QosPolicyManager } from '../../apps/worker/src/network/qos/qos-policy-manager.js';
import { RouterManager } from '../../apps/worker/src/network/routers/router-manager.js';
import { SecurityGroupManager } from '../../apps/worker/src/network/security-groups/security-group-manager.js';
import { SecurityGroupRuleManager } from '../../apps/worker/src/network/security-groups/security-group-rule-manager.js';
import { Authorizer } from '../../apps/worker/src/policy/authorizer.js';
import { openMemoryStore } from '../../apps/worker/src/testing/memory-store.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const HOST = 'fabric-host';
const SECRET = 'a secret of both';
const admin = createContext({
  user_id: 'a',
  project_id: 'p1',
  roles: ['admin', 'manager', 'member', 'reader'],
  is_admin: true,
});

describe('the networks of a host’s guests', { skip: await missingForNetworks(['busybox']) }, () => {
  let folder: string;
  let store: Store;
  let topic: NetworkManagers;
  let space: NetworkSpace;
  let fabric: HostFabric;
  let metadataPort: number;
  const asked: { url: string; headers: IncomingHttpHeaders }[] = [];
  const guests: GuestStandIn[] = [];
  const metadata = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    response.end(`metadata of ${String(request.headers['x-instance-id'])}`);
  });

  const openHostFabric = async (): Promise<HostFabric> => {
    const opened = new HostFabric(store, space, {
      host: HOST,
      baseMac: 'fa:16:3e:00:00:00',
      hasMetadata: true,
      services: {
        domain: 'cloud.test',
        metadata: () => ({ protocol: 'http', host: '127.0.0.1', port: metadataPort, secret: SECRET }),
      },
      pollIntervalMs: 600_000,
      resyncIntervalMs: 600_000,
    });
    await opened.start();
    return opened;
  };

  const network = async (cidr: string, more: object = {}): Promise<{ id: string; subnet: string }> => {
    const [made] = await topic.networks.create(admin, [more]);
    const [subnet] = await topic.subnets.create(admin, [{ network_id: made!.id, cidr }]);
    return { id: made!.id, subnet: subnet!.id };
  };
  const port = async (networkId: string, address: string | undefined, more: PortInput = {}): Promise<PortData> => {
    const [made] = await topic.ports.create(admin, [
      {
        network_id: networkId,
        binding_host_id: HOST,
        device_owner: 'compute:nova',
        ...(address !== undefined && { fixed_ips: [{ ip_address: address }] }),
        ...more,
      },
    ]);
    return made!;
  };
  /** A guest on a port, plugged as its driver plugs it. */
  const guestOn = async (own: PortData, name: string): Promise<GuestStandIn> => {
    const { id, mac_address: macAddress } = own;
    const guest = await GuestStandIn.create(space, { name, tap: tapOf(id), macAddress }, folder);
    guests.push(guest);
    await fabric.plug({ id: own.device_id, instanceName: name, hostname: name }, [own]);
    return guest;
  };
  const rule = (group: string, input: object): Promise<unknown> =>
    topic.resources
      .get(SecurityGroupRuleManager)
      .create(admin, [{ security_group_id: group, direction: 'ingress', ethertype: 'IPv4', ...input }]);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'albireo-fabric-'));
    metadata.listen(0, '127.0.0.1');
    await once(metadata, 'listening');
    metadataPort = (metadata.address() as AddressInfo).port;
    store = await openMemoryStore();
    topic = createNetworkManagers(store, new Authorizer(), {
      ...defaultNetworkSettings,
      quotas: { ...defaultNetworkSettings.quotas, quotaPort: -1 },
    });
    space = await NetworkSpace.open('rootless', join(folder, 'space.json'));
    fabric = await openHostFabric();
  });
  after(async () => {
    for (const guest of guests) guest.end();
    await fabric?.close(true);
    await store?.close();
    metadata.close();
    await rm(folder, { recursive: true, force: true });
  });

  let first: { id: string; subnet: string };
  let second: { id: string; subnet: string };
  let outside: { id: string; subnet: string };
  let a: GuestStandIn;
  let b: GuestStandIn;
  let c: GuestStandIn;
  let portA: PortData;
  let portB: PortData;
  let portC: PortData;
  let group: string;

  it('gives each guest its port’s address, MTU, names and routes by DHCP, whatever other networks use', async () => {
    first = await network('10.9.0.0/24');
    // The same range as the first: each network is its own.
    second = await network('10.8.0.0/24');
    const [made] = await topic.resources.get(SecurityGroupManager).create(admin, [{ name: 'web' }]);
    group = made!.id;
    await rule(group, { protocol: 'tcp', port_range_min: 8080, port_range_max: 8080 });
    portA = await port(first.id, '10.9.0.11', { device_id: 'server-a', security_groups: [group] });
    await store.db.updateTable('ports').set({ dns_name: 'alpha' }).where('id', '=', portA.id).execute();
    portB = await port(first.id, '10.9.0.12', { device_id: 'server-b' });
    portC = await port(second.id, '10.8.0.21', { device_id: 'server-c' });
    a = await guestOn(portA, 'a');
    b = await guestOn(portB, 'b');
    c = await guestOn(portC, 'c');
    const [leaseA, leaseB, leaseC] = await Promise.all([a.lease(), b.lease(), c.lease()]);
    assert.match(
      leaseA,
      /^lease 10\.9\.0\.11\/24 mtu=1450 router=10\.9\.0\.1 dns=10\.9\.0\.\d+ domain=cloud\.test hostname=alpha$/,
    );
    assert.match(leaseB, /^lease 10\.9\.0\.12\/24 .*hostname=host-10-9-0-12$/);
    assert.match(leaseC, /^lease 10\.8\.0\.21\/24/);
    assert.match(await a.run('ip', 'route'), /169\.254\.169\.254 via 10\.9\.0\.\d+ dev eth0/);
    const page = await topic.ports.list(admin, { filters: { device_owner: ['compute:nova'] } });
    assert.deepEqual(new Set(page.objects.map(({ status }) => status)), new Set(['ACTIVE']));
  });

  it('hands a guest’s request for metadata on, signed, and without what the guest says of itself', async () => {
    const read = (guest: GuestStandIn): Promise<string> =>
      guest.run(
        'busybox',
        'wget',
        '-q',
        '-O',
        '-',
        '--header',
        'X-Instance-ID: server-z',
        'http://169.254.169.254/openstack',
      );
    assert.equal(await read(a), 'metadata of server-a');
    assert.equal(await read(c), 'metadata of server-c');
    const { headers, url } = asked[0]!;
    assert.equal(url, '/openstack');
    assert.equal(headers['x-instance-id-signature'], signInstanceId(SECRET, 'server-a'));
    assert.equal(headers['x-tenant-id'], 'p1');
    assert.equal(headers['x-forwarded-for'], '10.9.0.11');
  });

  it('answers names of ports', async () => {
    const answer = await b.run('busybox', 'nslookup', 'alpha.cloud.test', /dns=(\S+)/.exec(await b.lease())?.[1] ?? '');
    assert.match(answer, /10\.9\.0\.11/);
  });

  it('lets in what a security group says, and takes living connections with a rule that goes', async () => {
    await Promise.all([a.serve(8080), a.serve(9999)]);
    assert.equal(await b.connect('10.9.0.11', 8080), 'from 10.9.0.12 at a');
    assert.equal(await b.connect('10.9.0.11', 9999), 'silent');
    // Its group lets nobody in but its own members.
    await b.serve(8080);
    assert.equal(await a.connect('10.9.0.12', 8080), 'silent');
    await rule(group, {
      protocol: 'tcp',
      port_range_min: 7000,
      port_range_max: 7000,
      remote_ip_prefix: '10.9.0.12/32',
    });
    await fabric.sync();
    const server = a.start('busybox', 'nc', '-l', '-p', '7000');
    let heard = '';
    server.stdout?.on('data', (data: Buffer) => (heard += data.toString()));
    const client = b.start(
      'sh',
      '-c',
      'for n in 1 2 3 4 5 6 7 8 9; do busybox nc -z 10.9.0.11 7001; done; exec busybox nc 10.9.0.11 7000',
    );
    client.stdin?.on('error', () => undefined);
    const say = async (word: string, milliseconds: number): Promise<boolean> => {
      client.stdin?.write(`${word}\n`);
      const deadline = performance.now() + milliseconds;
      while (!heard.includes(word) && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return heard.includes(word);
    };
    assert.equal(await say('before', 15_000), true);
    const page = await topic.resources
      .get(SecurityGroupRuleManager)
      .list(admin, { filters: { security_group_id: [group], port_range_min: ['7000'] } });
    await topic.resources.get(SecurityGroupRuleManager).delete(admin, { id: page.objects[0]!.id });
    await fabric.sync();
    assert.equal(await say('after', 1_200), false);
  });

  it('drops what a guest sends with an address that is not its own', async () => {
    await b.run('ip', 'address', 'add', '10.9.0.66/24', 'dev', 'eth0');
    assert.equal(await b.connect('10.9.0.11', 8080, '10.9.0.66'), 'silent');
    assert.equal(await b.connect('10.9.0.11', 8080, '10.9.0.12'), 'from 10.9.0.12 at a');
    await topic.ports.update(admin, { id: portB.id }, { allowed_address_pairs: [{ ip_address: '10.9.0.66' }] });
    await fabric.sync();
    assert.equal(await b.connect('10.9.0.11', 8080, '10.9.0.66'), 'from 10.9.0.66 at a');
    await b.run('ip', 'link', 'set', 'eth0', 'address', 'fa:16:3e:66:66:66');
    assert.notEqual(await b.connect('10.9.0.11', 8080, '10.9.0.12'), 'from 10.9.0.12 at a');
    await b.run('ip', 'link', 'set', 'eth0', 'address', portB.mac_address);
  });

  let router: string;

  it('joins networks by a router', async () => {
    assert.notEqual(await c.connect('10.9.0.11', 8080), 'from 10.8.0.21 at a');
    const [made] = await topic.resources.get(RouterManager).create(admin, [{ name: 'r' }]);
    router = made!.id;
    for (const { subnet } of [first, second]) {
      await topic.resources
        .get(RouterManager)
        .act(admin, 'add_router_interface', { id: router, body: { subnet_id: subnet } });
    }
    await fabric.sync();
    // The question for the gateway's MAC that nobody answered may be open still: it would fail what comes after it.
    await c.run('ip', 'neighbour', 'flush', 'dev', 'eth0');
    assert.equal(await c.connect('10.9.0.11', 8080), 'from 10.8.0.21 at a');
    assert.equal(await c.connect('10.9.0.11', 9999), 'silent');
  });

  it('gives guests the gateway’s address outside, and leads a floating IP in', async () => {
    outside = await network('172.24.4.0/24', { router_external: true });
    await topic.resources
      .get(RouterManager)
      .update(admin, { id: router }, { external_gateway_info: { network_id: outside.id } });
    await fabric.sync();
    const inOutside = (...command: readonly string[]): Promise<string> =>
      space.run(command, { namespace: outsideNamespace(outside.id) });
    // Another host of the external network.
    const portX = await port(outside.id, '172.24.4.200', { device_id: 'server-x', security_groups: [group] });
    const x = await guestOn(portX, 'x');
    assert.match(await x.lease(), /^lease 172\.24\.4\.200\/24/);
    await x.serve(8080);
    const info = (await topic.resources.get(RouterManager).get(admin, router)).external_gateway_info;
    const gateway = info?.external_fixed_ips[0]?.ip_address;
    assert.equal(await c.connect('172.24.4.200', 8080), `from ${gateway} at x`);
    const [ip] = await topic.resources
      .get(FloatingIpManager)
      .create(admin, [{ floating_network_id: outside.id, port_id: portA.id }]);
    await fabric.sync();
    const address = ip!.floating_ip_address ?? '';
    assert.equal(await x.connect(address, 8080), 'from 172.24.4.200 at a');
    assert.equal(await x.connect(address, 9999), 'silent');
    assert.equal(await a.connect('172.24.4.200', 8080), `from ${address} at x`);
    // From a neighbour, by the way of the router.
    assert.match(await b.connect(address, 8080), /^from .* at a$/);
    assert.match(await inOutside('ip', '-4', 'address'), /172\.24\.4\.1\/24/);
    await topic.resources.get(FloatingIpManager).update(admin, { id: ip!.id }, { port_id: null });
    const forward = (external: string, internal: string): Promise<unknown> =>
      topic.resources.get(PortForwardingManager).create(admin, [
        {
          floatingip_id: ip!.id,
          internal_port_id: portA.id,
          internal_ip_address: '10.9.0.11',
          protocol: 'tcp',
          external_port_range: external,
          internal_port_range: internal,
        },
      ]);
    await forward('2000:2001', '8080:8081');
    await fabric.sync();
    assert.notEqual(await x.connect(address, 8080), 'from 172.24.4.200 at a');
    assert.equal(await x.connect(address, 2000), 'from 172.24.4.200 at a');
  });

  it('a router or network that was taken from its last agent is served no more, until one has it again', async () => {
    const agents = topic.resources.get(AgentManager);
    const reports = new AgentReports(store, 60);
    const agentOf = async (agentType: string): Promise<string> => {
      await reports.report({ agentType, host: HOST, topic: 'N/A', binary: 'agent', zone: null, configurations: {} });
      const { objects } = await agents.list(admin, { filters: { agent_type: [agentType] } });
      return objects[0]!.id;
    };
    const statuses = async (): Promise<readonly string[]> => {
      const { objects } = await topic.resources.get(FloatingIpManager).list(admin, {});
      return objects.map(({ status }) => status);
    };
    const l3 = await agentOf(L3_AGENT);
    const body = { router_id: router };
    await fabric.sync();
    assert.equal(await c.connect('10.9.0.11', 8080), 'from 10.8.0.21 at a');
    await agents.act(admin, 'remove_l3_router', { id: l3, body });
    await fabric.sync();
    assert.notEqual(await c.connect('10.9.0.11', 8080), 'from 10.8.0.21 at a');
    assert.deepEqual(await statuses(), ['DOWN']);
    await agents.act(admin, 'add_l3_router', { id: l3, body });
    await fabric.sync();
    await c.run('ip', 'neighbour', 'flush', 'dev', 'eth0');
    assert.equal(await c.connect('10.9.0.11', 8080), 'from 10.8.0.21 at a');
    assert.deepEqual(await statuses(), ['ACTIVE']);
    const dhcp = await agentOf(DHCP_AGENT);
    const served = { network_id: second.id };
    await fabric.sync();
    assert.match(await c.lease(), /^lease 10\.8\.0\.21/);
    await agents.act(admin, 'remove_dhcp_network', { id: dhcp, body: served });
    await fabric.sync();
    assert.equal(await c.lease(), '');
    await agents.act(admin, 'add_dhcp_network', { id: dhcp, body: served });
    await fabric.sync();
    assert.match(await c.lease(), /^lease 10\.8\.0\.21/);
  });

  it('keeps networks with the same range apart', async () => {
    const twin = await network('10.9.0.0/24');
    const portT = await port(twin.id, '10.9.0.11', { device_id: 'server-t', security_groups: [group] });
    const portU = await port(twin.id, '10.9.0.12', { device_id: 'server-u' });
    const [t, u] = [await guestOn(portT, 't'), await guestOn(portU, 'u')];
    assert.match(await t.lease(), /^lease 10\.9\.0\.11\/24/);
    assert.match(await u.lease(), /^lease 10\.9\.0\.12\/24/);
    await t.serve(8080);
    assert.equal(await u.connect('10.9.0.11', 8080), 'from 10.9.0.12 at t');
    assert.equal(await b.connect('10.9.0.11', 8080), 'from 10.9.0.12 at a');
    assert.equal(await u.run('busybox', 'wget', '-q', '-O', '-', 'http://169.254.169.254/'), 'metadata of server-u');
  });

  it('limits what a QoS policy limits, in both directions', async () => {
    const [policy] = await topic.resources.get(QosPolicyManager).create(admin, [{ name: 'slow' }]);
    for (const direction of ['ingress', 'egress']) {
      await topic.resources
        .get(QosBandwidthLimitRuleManager)
        .create(admin, [{ max_kbps: 800, max_burst_kbps: 80, direction, qos_policy_id: policy!.id }]);
    }
    await topic.ports.update(admin, { id: portA.id }, { qos_policy_id: policy!.id });
    await fabric.sync();
    assert.match(await space.run(['tc', 'qdisc', 'show', 'dev', tapOf(portA.id)]), /tbf .*rate 800Kbit/);
    assert.match(await space.run(['nft', 'list', 'table', 'bridge', 'albireo_ports']), /limit rate over 100000 bytes/);
    await topic.ports.update(admin, { id: portA.id }, { qos_policy_id: null });
    await fabric.sync();
    assert.doesNotMatch(await space.run(['tc', 'qdisc', 'show', 'dev', tapOf(portA.id)]), /tbf/);
  });

  it('finds all as it was after a restart, and makes again what is missing', async () => {
    await fabric.close(false);
    const again = await NetworkSpace.open('rootless', join(folder, 'space.json'));
    assert.deepEqual([again.pid, again.isNew], [space.pid, false]);
    await space.run(['ip', 'netns', 'delete', routerNamespace(router)]);
    fabric = await openHostFabric();
    assert.match(await b.lease(), /^lease 10\.9\.0\.12\/24/);
    assert.equal(await c.connect('10.9.0.11', 8080), 'from 10.8.0.21 at a');
  });

  it('leaves nothing of guests that are gone', async () => {
    await fabric.keepOnly(async (id) => ['server-a', 'server-b'].includes(id));
    await fabric.unplug({ id: 'server-a', instanceName: 'a', hostname: 'a' }, [portA.id]);
    await fabric.unplug({ id: 'server-b', instanceName: 'b', hostname: 'b' }, [portB.id]);
    assert.equal((await space.run(['ip', 'netns', 'list'])).trim(), '');
    assert.match((await space.run(['ip', '-brief', 'link'])).trim(), /^lo\b[^\n]*$/);
    const dhcp = await topic.ports.list(admin, { filters: { device_owner: ['network:dhcp'] } });
    assert.deepEqual(dhcp.objects, []);
    assert.equal((await topic.ports.get(admin, portC.id)).status, 'DOWN');
    assert.equal((await topic.ports.get(admin, portA.id)).status, 'DOWN');
  });
});
