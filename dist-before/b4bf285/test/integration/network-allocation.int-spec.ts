import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { createContext } from '#libs/telemetry';
import { createNetworkManagers } from '../../apps/worker/src/network/create-network-managers.js';
import { allocateForInstance, deallocateForInstance } from '../../apps/worker/src/network/instance-ports.js';
import { defaultNetworkSettings } from '../../apps/worker/src/network/network-settings.js';
import { Authorizer } from '../../apps/worker/src/policy/authorizer.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const WORKERS = 4;
const unlimited = { ...defaultNetworkSettings, quotas: { quotaNetwork: -1, quotaSubnet: -1, quotaPort: -1 } };
const ctx = createContext({ user_id: 'u', project_id: 'p', roles: ['member', 'reader'] });

/** Several workers, each with one connection, take from the same subnets at once. */
describe('concurrent allocation on PostgreSQL', () => {
  let database: TestDatabase;
  let stores: Store[];
  before(async () => {
    database = await startDatabase();
    stores = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        openStore({ kind: 'postgres', url: database.url, pool: { maxConnections: 1 } }),
      ),
    );
    await Promise.all(stores.map((store) => syncDatabase(store)));
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.stop();
  });

  const topics = () => stores.map((store) => createNetworkManagers(store, new Authorizer(), unlimited));
  const networkWith = async (cidr: string): Promise<string> => {
    const [topic] = topics();
    const [network] = await topic!.networks.create(ctx, [{}]);
    await topic!.subnets.create(ctx, [{ network_id: network!.id, cidr }]);
    return network!.id;
  };
  const addressesOn = async (networkId: string): Promise<string[]> => {
    const page = await topics()[0]!.ports.list(ctx, { filters: { network_id: [networkId] } });
    return page.objects.flatMap((port) => port.fixed_ips.map((fixedIp) => fixedIp.ip_address));
  };

  it('hands out each address of a /26 once, and then says that there are no more', async () => {
    const networkId = await networkWith('10.0.0.0/26');
    const outcomes = await Promise.all(
      topics().map(async (topic) => {
        const codes: string[] = [];
        for (let n = 0; n < 60; n += 1) {
          const code = await topic.ports.create(ctx, [{ network_id: networkId }]).then(
            () => 'created',
            (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
          );
          codes.push(code);
        }
        return codes;
      }),
    );
    const codes = outcomes.flat();
    assert.equal(codes.filter((code) => code === 'created').length, 61);
    assert.equal(codes.filter((code) => code === 'IpAddressGenerationFailure').length, WORKERS * 60 - 61);
    const addresses = await addressesOn(networkId);
    assert.equal(new Set(addresses).size, 61);
    assert.ok(!addresses.some((address) => ['10.0.0.0', '10.0.0.1', '10.0.0.63'].includes(address)));
  });

  it('gives back what a deleted port had, to exactly one', async () => {
    const networkId = await networkWith('10.0.0.0/28');
    const all = topics();
    const [topic] = all;
    const ports = await topic!.ports.create(
      ctx,
      Array.from({ length: 13 }, () => ({ network_id: networkId })),
    );
    await topic!.ports.delete(ctx, { id: ports[5]!.id });
    const results = await Promise.allSettled(all.map((each) => each.ports.create(ctx, [{ network_id: networkId }])));
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
    assert.equal((await addressesOn(networkId)).length, 13);
  });

  it('lets bulk creations that fill a pool from both sides end without a deadlock', async () => {
    const networkId = await networkWith('10.0.0.0/27');
    const bulk = Array.from({ length: 7 }, () => ({ network_id: networkId }));
    await Promise.all(topics().map((topic) => topic.ports.create(ctx, bulk)));
    assert.equal(new Set(await addressesOn(networkId)).size, 28);
  });

  it('finds addresses in a large or a crowded subnet without listing it', async () => {
    const large = await networkWith('10.64.0.0/10');
    const v6 = await networkWith('2001:db8::/64');
    const crowded = await networkWith('172.16.0.0/16');
    const [store] = stores;
    const [topic] = topics();
    const [subnetId] = (await topic!.networks.get(ctx, crowded)).subnets;
    const [holder] = await topic!.ports.create(ctx, [{ network_id: crowded, fixed_ips: [] }]);
    // All but ten addresses are taken.
    await sql`
      insert into ip_allocations (subnet_id, ip_address, port_id)
      select ${subnetId}, inet '172.16.0.0' + n, ${holder!.id} from generate_series(2, 65534) n
      where n % 6000 <> 0`.execute(store!.db);
    for (const networkId of [large, v6, crowded]) {
      await topic!.ports.create(
        ctx,
        Array.from({ length: 10 }, () => ({ network_id: networkId })),
      );
    }
    await assert.rejects(topic!.ports.create(ctx, [{ network_id: crowded }]), { code: 'IpAddressGenerationFailure' });
    const filter = { filters: { fixed_ip_address: ['172.16.23.112', '172.16.234.96'] } };
    assert.equal((await topic!.ports.list(ctx, filter)).objects.length, 2);
  });

  it('builds a server once when two workers start it at the same time', async () => {
    const networkId = await networkWith('10.0.0.0/24');
    const request = { instance_id: 'vm', project_id: 'p', host: 'h', requested: [{ uuid: networkId }] };
    const made = await Promise.all(stores.map((store) => store.transaction((tx) => allocateForInstance(tx, request))));
    assert.equal(new Set(made.flat().map((port) => port.id)).size, 1);
    await Promise.all(stores.map((store) => store.transaction((tx) => deallocateForInstance(tx, 'vm'))));
    assert.deepEqual(await addressesOn(networkId), []);
  });

  it('keeps a project within its quota', async () => {
    const networkId = await networkWith('10.0.0.0/24');
    const limited = { ...unlimited, quotas: { ...unlimited.quotas, quotaPort: 10 } };
    const owner = createContext({ user_id: 'u', project_id: 'quota', roles: ['member', 'reader', 'admin'] });
    const results = await Promise.all(
      stores.map(async (store) => {
        const { ports } = createNetworkManagers(store, new Authorizer(), limited);
        let created = 0;
        for (let n = 0; n < 6; n += 1) {
          created += await ports.create(owner, [{ network_id: networkId }]).then(
            () => 1,
            () => 0,
          );
        }
        return created;
      }),
    );
    assert.equal(
      results.reduce((sum, count) => sum + count, 0),
      10,
    );
  });

  it('does not let a subnet or network go while a port is being made', async () => {
    const networkId = await networkWith('10.0.0.0/24');
    const all = topics();
    const results = await Promise.allSettled([
      all[0]!.ports.create(ctx, [{ network_id: networkId }]),
      all[1]!.networks.delete(ctx, { id: networkId }),
    ]);
    const fulfilled = results.filter((result) => result.status === 'fulfilled').length;
    assert.equal(fulfilled, 1);
    const codes = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as { code: string }] : [],
    );
    assert.ok(['NetworkInUse', 'NetworkNotFound'].includes(codes[0]!.code), codes[0]!.code);
  });
});
