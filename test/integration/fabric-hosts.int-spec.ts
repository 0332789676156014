// Two hosts with a network between them, in network namespaces of this machine: what is one network on both.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PortData } from '#libs/contracts';
import { createContext } from '#libs/telemetry';
import { missingForNetworks } from '#testing/guest-host';
import { GuestStandIn } from '#testing/guest-stand-in';
import { chooseLevel } from '../../apps/worker/src/fabric/choose-level.js';
import { HostFabric } from '../../apps/worker/src/fabric/host-fabric.js';
import { NetworkSpace } from '../../apps/worker/src/fabric/kernel/network-space.js';
import { routerNamespace, tapOf, tunnelOf } from '../../apps/worker/src/fabric/layout/names.js';
import { AgentReports, HOST_AGENT } from '../../apps/worker/src/network/agents/agent-reports.js';
import { createNetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import type { NetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import { defaultNetworkSettings } from '../../apps/worker/src/network/network-settings.js';
import { RouterManager } from '../../apps/worker/src/network/routers/router-manager.js';
import { SecurityGroupManager } from '../../apps/worker/src/network/security-groups/security-group-manager.js';
import { SecurityGroupRuleManager } from '../../apps/worker/src/network/security-groups/security-group-rule-manager.js';
import { Authorizer } from '../../apps/worker/src/policy/authorizer.js';
import { openMemoryStore } from '../../apps/worker/src/testing/memory-store.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const roles = ['admin', 'manager', 'member', 'reader'];
const admin = createContext({ user_id: 'a', project_id: 'p1', roles, is_admin: true });

async function missingForHosts(): Promise<string | false> {
  const missing = await missingForNetworks(['busybox']);
  if (missing !== false) return missing;
  return chooseLevel('host').then(
    () => false as const,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

const ip = (...words: readonly string[]): void => {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
};

/** One of the two machines: a network namespace with an address of the network between them. */
class Machine {
  readonly host: string;
  readonly #namespace: string;
  space!: NetworkSpace;
  fabric!: HostFabric;

  constructor(
    private readonly store: Store,
    readonly address: string,
    name: string,
  ) {
    this.host = `host-${name}`;
    this.#namespace = `albireo-${process.pid}-${name}`;
    ip('netns', 'add', this.#namespace);
  }

  /** Its end of the cable. */
  join(device: string): void {
    ip('link', 'set', device, 'netns', this.#namespace);
    ip('-n', this.#namespace, 'address', 'add', `${this.address}/24`, 'dev', device);
    ip('-n', this.#namespace, 'link', 'set', device, 'up');
  }

  async open(folder: string, metadataPort: number): Promise<void> {
    const machine = ['nsenter', `--net=/run/netns/${this.#namespace}`, '--'];
    this.space = await NetworkSpace.open('host', join(folder, `${this.host}.json`), machine);
    this.fabric = new HostFabric(this.store, this.space, {
      host: this.host,
      baseMac: 'fa:16:3e:00:00:00',
      hasMetadata: true,
      services: {
        domain: 'cloud.test',
        metadata: () => ({ protocol: 'http', host: '127.0.0.1', port: metadataPort, secret: 'of both' }),
      },
      waysOut: { bridgeMappings: new Map(), tunnelIp: this.address },
      pollIntervalMs: 600_000,
      resyncIntervalMs: 600_000,
    });
    await this.fabric.start();
  }

  async devices(): Promise<readonly string[]> {
    const text = await this.space.run(['ip', '-brief', 'link']);
    return text
      .trim()
      .split('\n')
      .map((line) => line.split(/[\s@]/)[0] ?? '');
  }

  async remove(): Promise<void> {
    await this.fabric?.close(true);
    ip('netns', 'delete', this.#namespace);
  }
}

describe('the networks of two hosts', { skip: await missingForHosts() }, () => {
  let folder: string;
  let store: Store;
  let topic: NetworkManagers;
  let left: Machine;
  let right: Machine;
  const guests: GuestStandIn[] = [];
  const metadata = createServer((request, response) => {
    response.end(`metadata of ${String(request.headers['x-instance-id'])}`);
  });
  let metadataPort: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'albireo-hosts-'));
    metadata.listen(0, '127.0.0.1');
    await once(metadata, 'listening');
    metadataPort = (metadata.address() as AddressInfo).port;
    store = await openMemoryStore();
    topic = createNetworkManagers(store, new Authorizer(), defaultNetworkSettings);
    left = new Machine(store, '192.0.2.1', 'left');
    right = new Machine(store, '192.0.2.2', 'right');
    const [one, other] = [`al${process.pid}l`, `al${process.pid}r`];
    ip('link', 'add', one, 'type', 'veth', 'peer', 'name', other);
    left.join(one);
    right.join(other);
    const agents = new AgentReports(store, 60);
    const agent = { agentType: HOST_AGENT, topic: 'N/A', binary: 'albireo-compute', zone: null };
    for (const { host, address: tunneling_ip } of [left, right]) {
      await agents.report({ ...agent, host, configurations: { tunneling_ip } });
    }
    for (const machine of [left, right]) await machine.open(folder, metadataPort);
  });
  after(async () => {
    for (const guest of guests) guest.end();
    for (const machine of [left, right]) await machine?.remove();
    await store?.close();
    metadata.close();
    await rm(folder, { recursive: true, force: true });
  });

  const network = async (cidr: string): Promise<{ id: string; subnet: string }> => {
    const [made] = await topic.networks.create(admin, [{}]);
    const [subnet] = await topic.subnets.create(admin, [{ network_id: made!.id, cidr }]);
    return { id: made!.id, subnet: subnet!.id };
  };
  const guestOn = async (
    machine: Machine,
    networkId: string,
    name: string,
    more: object,
  ): Promise<[GuestStandIn, PortData]> => {
    const device = { device_id: `server-${name}`, device_owner: 'compute:nova', binding_host_id: machine.host };
    const [port] = await topic.ports.create(admin, [{ network_id: networkId, ...device, ...more }]);
    const { id, mac_address: macAddress } = port!;
    const guest = await GuestStandIn.create(machine.space, { name, tap: tapOf(id), macAddress }, folder);
    guests.push(guest);
    await machine.fabric.plug({ id: `server-${name}`, instanceName: name, hostname: name }, [port!]);
    return [guest, port!];
  };
  const addressOf = (port: PortData): string => port.fixed_ips[0]?.ip_address ?? '';

  let first: { id: string; subnet: string };
  let second: { id: string; subnet: string };
  let a: GuestStandIn;
  let b: GuestStandIn;
  let c: GuestStandIn;
  let portA: PortData;
  let portB: PortData;
  let portC: PortData;

  it('guests on one network reach each other across, as their groups let in, and are served by their own host', async () => {
    first = await network('10.9.0.0/24');
    second = await network('10.8.0.0/24');
    const [group] = await topic.resources.get(SecurityGroupManager).create(admin, [{ name: 'web' }]);
    const rule = {
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: 'tcp',
      port_range_min: 8080,
      port_range_max: 8080,
    };
    await topic.resources.get(SecurityGroupRuleManager).create(admin, [{ security_group_id: group!.id, ...rule }]);
    const web = { security_groups: [group!.id] };
    [a, portA] = await guestOn(left, first.id, 'a', web);
    [b, portB] = await guestOn(right, first.id, 'b', web);
    [c, portC] = await guestOn(right, second.id, 'c', web);
    await left.fabric.sync();
    for (const [guest, port] of [
      [a, portA],
      [b, portB],
      [c, portC],
    ] as const) {
      assert.match(await guest.lease(), new RegExp(`^lease ${addressOf(port)}/24 mtu=1450`));
    }
    for (const port of [8080, 8081]) await b.serve(port);
    assert.equal(await a.connect(addressOf(portB), 8080), `from ${addressOf(portA)} at b`);
    assert.equal(await a.connect(addressOf(portB), 8081), 'silent');
    const read = ['busybox', 'wget', '-q', '-O', '-', 'http://169.254.169.254/openstack'];
    assert.equal(await a.run(...read), 'metadata of server-a');
    assert.equal(await b.run(...read), 'metadata of server-b');
    // Networks without a router between them stay apart.
    assert.equal(await a.connect(addressOf(portC), 8080), 'silent');
  });

  it('a router is on one of the hosts, and joins the guests of both', async () => {
    const routers = topic.resources.get(RouterManager);
    const [router] = await routers.create(admin, [{}]);
    for (const { subnet } of [first, second]) {
      await routers.act(admin, 'add_router_interface', { id: router!.id, body: { subnet_id: subnet } });
    }
    for (const { fabric } of [left, right]) await fabric.sync();
    const namespaces = await Promise.all([left, right].map(({ space }) => space.run(['ip', 'netns', 'list'])));
    assert.deepEqual(
      namespaces.map((text) => text.includes(routerNamespace(router!.id))),
      [true, false],
    );
    await c.serve(8080);
    await c.lease();
    assert.equal(await a.connect(addressOf(portC), 8080), `from ${addressOf(portA)} at c`);
    await a.serve(8080);
    assert.equal(await c.connect(addressOf(portA), 8080), `from ${addressOf(portC)} at a`);
  });

  it('a worker that comes again finds all as it was, and guests that are gone leave nothing on either host', async () => {
    await right.fabric.close(false);
    assert.equal(await a.connect(addressOf(portB), 8080), `from ${addressOf(portA)} at b`);
    await right.open(folder, metadataPort);
    assert.equal(await a.connect(addressOf(portB), 8080), `from ${addressOf(portA)} at b`);
    for (const { id } of [portB, portC]) await topic.ports.delete(admin, { id });
    await right.fabric.keepOnly(async () => false);
    assert.deepEqual(await right.devices(), ['lo']);
    await left.fabric.sync();
    const known = await left.space.run(['bridge', 'fdb', 'show', 'dev', tunnelOf(first.id)]);
    // What is sent to everybody; places that were learnt are forgotten by the kernel in time.
    assert.doesNotMatch(known, /^00:00:00:00:00:00 dst 192\.0\.2\.2/m);
    await left.fabric.keepOnly(async () => false);
    assert.deepEqual(await left.devices(), ['lo']);
  });
});
