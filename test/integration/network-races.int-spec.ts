import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { createContext } from '#libs/telemetry';
import { schedule, HELD_ROUTERS } from '../../apps/worker/src/network/agents/agent-scheduling.js';
import { createNetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import type { NetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import { FloatingIpManager } from '../../apps/worker/src/network/floating-ips/floating-ip-manager.js';
import { PortForwardingManager } from '../../apps/worker/src/network/floating-ips/port-forwarding-manager.js';
import { defaultNetworkSettings } from '../../apps/worker/src/network/network-settings.js';
import { QosPolicyManager } from '../../apps/worker/src/network/qos/qos-policy-manager.js';
import { QosBandwidthLimitRuleManager } from '../../apps/worker/src/network/qos/qos-rule-managers.js';
import { RouterManager } from '../../apps/worker/src/network/routers/router-manager.js';
import { RbacPolicyManager } from '../../apps/worker/src/network/sharing/rbac-policy-manager.js';
import { SubnetPoolManager } from '../../apps/worker/src/network/subnet-pools/subnet-pool-manager.js';
import { TrunkManager } from '../../apps/worker/src/network/trunks/trunk-manager.js';
import { Authorizer } from '../../apps/worker/src/policy/authorizer.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const WORKERS = 4;
const ROUNDS = 5;
const unlimited = { ...defaultNetworkSettings, quotas: { defaultQuota: -1 } };
const ctx = createContext({ user_id: 'u', project_id: 'p', roles: ['manager', 'member', 'reader'] });
const guest = createContext({ user_id: 'g', project_id: 'q', roles: ['manager', 'member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'adm', roles: ['admin', 'manager', 'member', 'reader'] });

/** Several workers, each with one connection, want the same thing at once. */
describe('pools, RBAC, QoS, trunks, agents and port forwardings under parallel requests on PostgreSQL', () => {
  let database: TestDatabase;
  let stores: Store[];
  let topics: NetworkManagers[];
  before(async () => {
    database = await startDatabase();
    stores = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        openStore({ kind: 'postgres', url: database.url, pool: { maxConnections: 1 } }),
      ),
    );
    await Promise.all(stores.map((store) => syncDatabase(store)));
    topics = stores.map((store) => createNetworkManagers(store, new Authorizer(), unlimited));
  });
  after(async () => {
    await Promise.all((stores ?? []).map((store) => store.close()));
    await database?.stop();
  });

  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  /** The outcomes of one request of each worker, all at once. */
  const all = (work: (topic: NetworkManagers, worker: number) => Promise<unknown>): Promise<readonly string[]> =>
    Promise.all(topics.map((topic, worker) => outcome(work(topic, worker))));
  const network = async (context = ctx) => (await topics[0]!.networks.create(context, [{}]))[0]!.id;
  const port = async (network_id: string) => (await topics[0]!.ports.create(ctx, [{ network_id }]))[0]!.id;
  const one = (outcomes: readonly string[], refused: string): void => {
    assert.equal(outcomes.filter((each) => each === 'done').length, 1, outcomes.join());
    assert.ok(
      outcomes.every((each) => each === 'done' || each === refused),
      outcomes.join(),
    );
  };

  it('a pool gives a prefix to one subnet alone', async () => {
    const [pool] = await topics[0]!.resources
      .get(SubnetPoolManager)
      .create(ctx, [{ name: 'p', prefixes: ['10.0.0.0/22'], default_prefixlen: 24 }]);
    const networks = await Promise.all(Array.from({ length: WORKERS }, () => network()));
    const input = { ip_version: 4 as const, subnetpool_id: pool!.id };
    const outcomes = await all((topic, n) => topic.subnets.create(ctx, [{ ...input, network_id: networks[n]! }]));
    assert.deepEqual(outcomes, Array<string>(WORKERS).fill('done'));
    const { objects } = await topics[0]!.subnets.list(ctx, { filters: { subnetpool_id: [pool!.id] } });
    assert.equal(new Set(objects.map(({ cidr }) => cidr)).size, WORKERS);
    const more = await network();
    await assert.rejects(topics[0]!.subnets.create(ctx, [{ ...input, network_id: more }]));
  });

  it('access is not taken from a project that gets a port with it', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await network();
      const [policy] = await topics[0]!.resources
        .get(RbacPolicyManager)
        .create(ctx, [{ object_type: 'network', object_id: id, target_project: 'q', action: 'access_as_shared' }]);
      const outcomes = await Promise.all([
        outcome(topics[1]!.ports.create(guest, [{ network_id: id }])),
        outcome(topics[2]!.resources.get(RbacPolicyManager).delete(ctx, { id: policy!.id })),
      ]);
      const ordered = [
        ['done', 'RbacPolicyInUse'],
        ['NetworkNotFound', 'done'],
      ];
      assert.ok(
        ordered.some((each) => each.join() === outcomes.join()),
        outcomes.join(),
      );
    }
  });

  it('a network does not stop to be shared while others get ports on it', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [made] = await topics[0]!.networks.create(admin, [{ shared: true }]);
      const id = made!.id;
      const outcomes = await Promise.all([
        outcome(topics[1]!.ports.create(guest, [{ network_id: id }])),
        outcome(topics[2]!.networks.update(admin, { id }, { shared: false })),
      ]);
      assert.ok(['done,InvalidSharedSetting', 'NetworkNotFound,done'].includes(outcomes.join()), outcomes.join());
    }
  });

  it('a project has one default QoS policy, a policy one limit of a direction', async () => {
    const policies = (topic: NetworkManagers) => topic.resources.get(QosPolicyManager);
    one(await all((topic) => policies(topic).create(ctx, [{ is_default: true }])), 'QoSPolicyDefaultAlreadyExists');
    const [policy] = await policies(topics[0]!).create(ctx, [{}]);
    const limit = { qos_policy_id: policy!.id, max_kbps: 1 };
    one(
      await all((topic) => topic.resources.get(QosBandwidthLimitRuleManager).create(ctx, [limit])),
      'QoSRulesConflict',
    );
  });

  it('a QoS policy does not go while a port takes it', async () => {
    const id = await network();
    for (let round = 0; round < ROUNDS; round += 1) {
      const [policy] = await topics[0]!.resources.get(QosPolicyManager).create(ctx, [{}]);
      const outcomes = await Promise.all([
        outcome(topics[1]!.ports.create(ctx, [{ network_id: id, qos_policy_id: policy!.id }])),
        outcome(topics[2]!.resources.get(QosPolicyManager).delete(ctx, { id: policy!.id })),
      ]);
      assert.ok(['done,QosPolicyInUse', 'QosPolicyNotFound,done'].includes(outcomes.join()), outcomes.join());
    }
  });

  it('a port is in one trunk, as its parent or as a subport', async () => {
    const id = await network();
    const trunks = (topic: NetworkManagers) => topic.resources.get(TrunkManager);
    const parent = await port(id);
    one(await all((topic) => trunks(topic).create(ctx, [{ port_id: parent }])), 'ParentPortInUse');
    const child = await port(id);
    const parents = await Promise.all(Array.from({ length: WORKERS }, () => port(id)));
    const made = await trunks(topics[0]!).create(
      ctx,
      parents.map((port_id) => ({ port_id })),
    );
    const body = { sub_ports: [{ port_id: child, segmentation_type: 'vlan', segmentation_id: 5 }] };
    one(await all((topic, n) => trunks(topic).act(ctx, 'add_subports', { id: made[n]!.id, body })), 'TrunkPortInUse');
  });

  it('a router is held by one of several agents', async () => {
    for (const host of ['a', 'b', 'c']) {
      await sql`
        insert into agents (id, agent_type, "binary", topic, host, down_time)
        values (${host}, 'L3 agent', 'x', 'network', ${host}, 1000)`.execute(stores[0]!.db);
    }
    const [router] = await topics[0]!.resources.get(RouterManager).create(ctx, [{}]);
    await sql`delete from router_l3_agent_bindings where router_id = ${router!.id}`.execute(stores[0]!.db);
    await Promise.all(stores.map((store) => schedule(store.db, HELD_ROUTERS, router!.id)));
    const bound = await sql`
      select agent_id from router_l3_agent_bindings where router_id = ${router!.id}`.execute(stores[0]!.db);
    assert.equal(bound.rows.length, 1);
  });

  it('a port of a floating IP leads to one place, and not while the whole of it does', async () => {
    const [outer] = await topics[0]!.networks.create(admin, [{ router_external: true }]);
    const outside = outer!.id;
    await topics[0]!.subnets.create(admin, [{ network_id: outside, cidr: '192.0.2.0/24', ip_version: 4 }]);
    const inner = await network();
    const [subnet] = await topics[0]!.subnets.create(ctx, [{ network_id: inner, cidr: '10.9.0.0/24', ip_version: 4 }]);
    const routers = topics[0]!.resources.get(RouterManager);
    const [router] = await routers.create(ctx, [{ external_gateway_info: { network_id: outside } }]);
    await routers.act(ctx, 'add_router_interface', { id: router!.id, body: { subnet_id: subnet!.id } });
    const ips = topics[0]!.resources.get(FloatingIpManager);
    const floatingIp = async () => (await ips.create(ctx, [{ floating_network_id: outside }]))[0]!.id;
    const shared = await floatingIp();
    const ports = await Promise.all(Array.from({ length: WORKERS }, () => port(inner)));
    const forward = (topic: NetworkManagers, floatingip_id: string, internal_port_id: string, internal_port: number) =>
      topic.resources
        .get(PortForwardingManager)
        .create(ctx, [{ floatingip_id, internal_port_id, internal_port, external_port: 80, protocol: 'tcp' }]);
    one(await all((topic, n) => forward(topic, shared, ports[n]!, 80)), 'NetworkBadRequest');
    const apart = await Promise.all(Array.from({ length: WORKERS }, floatingIp));
    one(await all((topic, n) => forward(topic, apart[n]!, ports[0]!, 8080)), 'NetworkBadRequest');
    for (let round = 0; round < 2; round += 1) {
      const [id, target] = [await floatingIp(), await port(inner)];
      const outcomes = await Promise.all([
        outcome(forward(topics[1]!, id, target, 80)),
        outcome(topics[2]!.resources.get(FloatingIpManager).update(ctx, { id }, { port_id: target })),
      ]);
      const ordered = ['done,FipInUseByPortForwarding', 'PortHasBindingFloatingIP,done'];
      assert.ok(ordered.includes(outcomes.join()), outcomes.join());
    }
  });
});
