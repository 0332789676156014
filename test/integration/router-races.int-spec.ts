import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { createContext } from '#libs/telemetry';
import { PortForwardingManager } from '../../apps/worker/src/network/floating-ips/port-forwarding-manager.js';
import { createNetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import type { NetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import { FloatingIpManager } from '../../apps/worker/src/network/floating-ips/floating-ip-manager.js';
import { defaultNetworkSettings } from '../../apps/worker/src/network/network-settings.js';
import { RouterManager } from '../../apps/worker/src/network/routers/router-manager.js';
import { Authorizer } from '../../apps/worker/src/policy/authorizer.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const WORKERS = 4;
const ROUNDS = 6;
const unlimited = {
  ...defaultNetworkSettings,
  quotas: { quotaNetwork: -1, quotaSubnet: -1, quotaPort: -1, quotaRouter: -1, quotaFloatingip: -1 },
};
const ctx = createContext({ user_id: 'u', project_id: 'p', roles: ['member', 'reader'] });
const admin = createContext({ user_id: 'a', project_id: 'adm', roles: ['admin', 'manager', 'member', 'reader'] });

/** Several workers, each with one connection, change what belongs together at once. */
describe('routers and floating IPs under parallel requests on PostgreSQL', () => {
  let database: TestDatabase;
  let stores: Store[];
  let topics: NetworkManagers[];
  let external: string;
  before(async () => {
    database = await startDatabase();
    stores = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        openStore({ kind: 'postgres', url: database.url, pool: { maxConnections: 1 } }),
      ),
    );
    await Promise.all(stores.map((store) => syncDatabase(store)));
    topics = stores.map((store) => createNetworkManagers(store, new Authorizer(), unlimited));
    const [network] = await topics[0]!.networks.create(admin, [{ router_external: true }]);
    external = network!.id;
    await topics[0]!.subnets.create(admin, [{ network_id: external, cidr: '192.0.2.0/24', ip_version: 4 }]);
  });
  after(async () => {
    await Promise.all((stores ?? []).map((store) => store.close()));
    await database?.stop();
  });

  const routersOf = (worker: number) => topics[worker % WORKERS]!.resources.get(RouterManager);
  const ipsOf = (worker: number) => topics[worker % WORKERS]!.resources.get(FloatingIpManager);
  const router = async () =>
    (await routersOf(0).create(ctx, [{ external_gateway_info: { network_id: external } }]))[0]!.id;
  const subnet = async (cidr: string) => {
    const [network] = await topics[0]!.networks.create(ctx, [{}]);
    return (await topics[0]!.subnets.create(ctx, [{ network_id: network!.id, cidr, ip_version: 4 }]))[0]!;
  };
  const floatingIp = async () => (await ipsOf(0).create(ctx, [{ floating_network_id: external }]))[0]!.id;
  const act = (worker: number, action: 'add' | 'remove', id: string, subnetId: string) =>
    routersOf(worker).act(ctx, `${action}_router_interface`, { id, body: { subnet_id: subnetId } });
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  const site = async () => {
    const id = await router();
    const inner = await subnet('10.0.0.0/24');
    await act(0, 'add', id, inner.id);
    const [port] = await topics[0]!.ports.create(ctx, [{ network_id: inner.network_id }]);
    return { router: id, subnet: inner.id, port: port!.id };
  };

  /** Runs a change while another transaction holds a port: it must wait there without holding the floating IP. */
  const waitsBefore = async (port: string, ip: string, change: () => Promise<unknown>): Promise<void> => {
    let running: Promise<string> | undefined;
    await stores[0]!.transaction(async (tx) => {
      await sql`select 1 from ports where id = ${port} for update`.execute(tx);
      running = outcome(change());
      for (let waiting = 0; waiting === 0;) {
        const { rows } = await sql<{ n: number }>`
          select count(*)::int as n from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(
          tx,
        );
        waiting = rows[0]?.n ?? 0;
      }
      // Fails at once where the change has it already.
      await sql`select 1 from floatingips where id = ${ip} for update nowait`.execute(tx);
    });
    assert.equal(await running, 'done');
  };

  it('a floating IP is held after the ports that it leads to and is to lead to', async () => {
    const { subnet: id, port } = await site();
    const { network_id } = await topics[0]!.subnets.get(ctx, id);
    const [other] = await topics[0]!.ports.create(ctx, [{ network_id }]);
    const ip = await floatingIp();
    await waitsBefore(port, ip, () => ipsOf(1).update(ctx, { id: ip }, { port_id: port }));
    await waitsBefore(other!.id, ip, () => ipsOf(1).update(ctx, { id: ip }, { port_id: other!.id }));
    await ipsOf(0).update(ctx, { id: ip }, { port_id: null });
    const forwardings = topics[1]!.resources.get(PortForwardingManager);
    const input = { floatingip_id: ip, protocol: 'tcp', internal_port: 80, external_port: 8080 };
    const [made] = await forwardings.create(ctx, [{ ...input, internal_port_id: port }]);
    const target = { id: made!.id, parent_id: ip };
    await waitsBefore(other!.id, ip, () => forwardings.update(ctx, target, { internal_port_id: other!.id }));
    await waitsBefore(other!.id, ip, () => forwardings.update(ctx, target, { internal_port: 81 }));
  });

  it('one of several routers gets the gateway address of a subnet', async () => {
    const inner = await subnet('10.0.0.0/24');
    const ids = await Promise.all(Array.from({ length: WORKERS }, router));
    const outcomes = await Promise.all(ids.map((id, n) => outcome(act(n, 'add', id, inner.id))));
    assert.equal(outcomes.filter((each) => each === 'done').length, 1, outcomes.join());
    assert.equal(outcomes.filter((each) => each === 'IpAddressAlreadyAllocated').length, WORKERS - 1, outcomes.join());
  });

  it('a router takes one of several subnets that overlap', async () => {
    const id = await router();
    const subnets = await Promise.all(['10.0.0.0/16', '10.0.1.0/24', '10.0.0.0/8', '10.0.0.0/24'].map(subnet));
    const outcomes = await Promise.all(subnets.map((inner, n) => outcome(act(n, 'add', id, inner.id))));
    // 10.0.1.0/24 and 10.0.0.0/24 may go together.
    const joined = subnets.filter((_, n) => outcomes[n] === 'done').map(({ cidr }) => cidr);
    const apart = joined.length === 1 || joined.every((cidr) => cidr.endsWith('/24'));
    assert.ok(joined.length > 0 && apart, outcomes.join());
    assert.ok(
      outcomes.every((each) => each === 'done' || each === 'NetworkBadRequest'),
      outcomes.join(),
    );
  });

  it('one of several floating IPs leads to an address', async () => {
    const { port } = await site();
    const ids = await Promise.all(Array.from({ length: WORKERS }, floatingIp));
    const outcomes = await Promise.all(ids.map((id, n) => outcome(ipsOf(n).update(ctx, { id }, { port_id: port }))));
    assert.equal(outcomes.filter((each) => each === 'done').length, 1, outcomes.join());
    assert.equal(
      outcomes.filter((each) => each === 'FloatingIPPortAlreadyAssociated').length,
      WORKERS - 1,
      outcomes.join(),
    );
  });

  it('an interface or gateway is not taken away from under a floating IP', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const made = await site();
      const id = await floatingIp();
      const outcomes = await Promise.all([
        outcome(ipsOf(1).update(ctx, { id }, { port_id: made.port })),
        round % 2 === 0
          ? outcome(act(2, 'remove', made.router, made.subnet))
          : outcome(routersOf(2).update(ctx, { id: made.router }, { external_gateway_info: null })),
      ]);
      const associated = (await ipsOf(0).get(ctx, id)).router_id;
      assert.deepEqual(associated === null ? null : made.router, associated);
      const refused = ['RouterInterfaceInUseByFloatingIP', 'RouterExternalGatewayInUseByFloatingIp'];
      const isOrdered =
        (outcomes[0] === 'done' && refused.includes(outcomes[1])) ||
        (outcomes[0] === 'ExternalGatewayForFloatingIPNotFound' && outcomes[1] === 'done');
      assert.ok(isOrdered, outcomes.join());
    }
  });

  it('a floating IP never leads to a port that is gone', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const made = await site();
      const id = await floatingIp();
      const outcomes = await Promise.all([
        outcome(ipsOf(1).update(ctx, { id }, { port_id: made.port })),
        outcome(topics[2]!.ports.delete(ctx, { id: made.port })),
      ]);
      assert.ok(['done', 'PortNotFound'].includes(outcomes[0]), outcomes.join());
      assert.equal(outcomes[1], 'done');
      const left = await ipsOf(0).get(ctx, id);
      assert.deepEqual([left.port_id, left.router_id, left.fixed_ip_address, left.status], [null, null, null, 'DOWN']);
    }
  });
});
