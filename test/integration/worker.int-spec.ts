import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { ServerPage } from '#libs/contracts';
import type { Transport } from '#libs/messaging';
import { startBroker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';
import {
  adminContext,
  clientsOf,
  gone,
  serverArgs,
  settled,
  testConfiguration,
  until,
} from '../../apps/worker/src/testing/memory-worker.js';
import type { MemoryWorker } from '../../apps/worker/src/testing/memory-worker.js';
import { insertNetwork, insertSubnet } from '../../apps/worker/src/testing/network-rows.js';
import { WorkerService } from '../../apps/worker/src/worker-service.js';

const SERVERS = 12;

describe('two workers on RabbitMQ and PostgreSQL', () => {
  let database: TestDatabase;
  let broker: Awaited<ReturnType<typeof startBroker>>;
  let store: Store;
  let transport: Transport;
  let clients: Pick<MemoryWorker, 'conductor' | 'network'>;
  const workers: WorkerService[] = [];

  before(async () => {
    [database, broker] = await Promise.all([startDatabase(), startBroker()]);
    store = await openStore({ kind: 'postgres', url: database.url });
    await syncDatabase(store);
    const config = testConfiguration({
      OS_DEFAULT__TRANSPORT_URL: broker.url,
      OS_DEFAULT__CONTROL_EXCHANGE: `albireo-${process.pid}`,
      OS_DATABASE__CONNECTION: database.url,
      OS_FAKE__SPAWN_DELAY: '0.1',
      OS_QUOTA__INSTANCES: '-1',
      OS_QUOTA__CORES: '-1',
      OS_QUOTA__RAM: '-1',
    });
    for (let count = 0; count < 2; count += 1) workers.push(new WorkerService({ config, program: 'test-worker' }));
    await Promise.all(workers.map((worker) => worker.start()));
    transport = await openTransport(config, 'test');
    clients = clientsOf(transport);
  });
  after(async () => {
    await transport.stop();
    await Promise.all(workers.map((worker) => worker.stop(5_000)));
    await store.close();
    await Promise.all([database.stop(), broker.stop()]);
  });

  const count = async (table: 'ports' | 'allocations' | 'fake_machines' | 'ip_allocations'): Promise<number> => {
    const row = await store.db
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  };
  const things = async (): Promise<number[]> =>
    Promise.all((['ports', 'ip_allocations', 'allocations', 'fake_machines'] as const).map(count));
  const unfinished = async (): Promise<number> => {
    const sent = await store.db.selectFrom('outbox').select('unique_id').execute();
    const taken = await store.db.selectFrom('consumed_messages').select('state').where('state', '<>', 'done').execute();
    return sent.length + taken.length;
  };

  it('build and delete servers together: each has one port and one address, and leaves none', async () => {
    const { conductor } = clients;
    const ctx = adminContext();
    const network = await insertNetwork(store.db, { name: 'net', project_id: ctx.project_id ?? '' });
    await insertSubnet(store.db, network, '10.2.0.0/24');
    const args = serverArgs({ network_mode: 'list', networks: [{ uuid: network }] });
    const pages = await Promise.all(Array.from({ length: SERVERS }, () => conductor.call(ctx, 'server_create', args)));
    const ids = pages.map((page) => ServerPage.unwrap(page).objects[0]!.id);
    const servers = await Promise.all(ids.map((id) => settled(conductor, ctx, id)));
    assert.deepEqual(new Set(servers.map((server) => server.vm_state)), new Set(['active']));
    assert.equal(new Set(servers.flatMap((server) => server.addresses.map(({ addr }) => addr))).size, SERVERS);
    assert.deepEqual(await things(), [SERVERS, SERVERS, SERVERS, SERVERS]);
    await Promise.all(ids.map((id) => conductor.call(ctx, 'server_delete', { id })));
    await Promise.all(ids.map((id) => gone(conductor, ctx, id)));
    assert.deepEqual(await things(), [0, 0, 0, 0]);
    await until(unfinished, (left) => left === 0);
  });

  it('refuse half characters and NUL that come straight over the bus, and store nothing', async () => {
    const ctx = adminContext();
    for (const text of ['half \ud800', '\udc00', 'a\0b']) {
      for (const field of ['name', 'description']) {
        const create = clients.network.call(ctx, 'network_create', { networks: [{ name: 'n', [field]: text }] });
        await assert.rejects(create, { code: 'UnstorableText', message: /networks\.0\.(name|description)/ });
      }
    }
    const stored = await store.db.selectFrom('networks').select('name').where('name', 'like', '%\ufffd%').execute();
    assert.deepEqual(stored, []);
  });

  it('are deleted in the middle of their builds without a trace', async () => {
    const { conductor } = clients;
    const ctx = adminContext();
    const network = await insertNetwork(store.db, { name: 'net', project_id: ctx.project_id ?? '' });
    await insertSubnet(store.db, network, '10.3.0.0/24');
    const args = serverArgs({ network_mode: 'list', networks: [{ uuid: network }] });
    const run = async (delayMs: number): Promise<void> => {
      const page = ServerPage.unwrap(await conductor.call(ctx, 'server_create', args));
      const { id } = page.objects[0]!;
      await new Promise((resolve) => {
        setTimeout(resolve, delayMs);
      });
      await conductor.call(ctx, 'server_delete', { id });
      await gone(conductor, ctx, id);
    };
    await Promise.all([0, 5, 10, 20, 30, 50, 80, 100, 120, 150].map(run));
    await until(unfinished, (left) => left === 0);
    await until(things, (left) => isDeepStrictEqual(left, [0, 0, 0, 0]));
  });

  it('a redelivered step takes effect once', async () => {
    const { conductor } = clients;
    const ctx = adminContext();
    const page = ServerPage.unwrap(await conductor.call(ctx, 'server_create', serverArgs()));
    const { id } = page.objects[0]!;
    await settled(conductor, ctx, id);
    const again = conductor.serializeCast(ctx, 'schedule_and_build_instance', { instance_uuid: id });
    await Promise.all([transport.publish(again), transport.publish(again), transport.publish(again)]);
    const taken = async (): Promise<{ state: string; attempts: number }[]> =>
      store.db
        .selectFrom('consumed_messages')
        .select(['state', 'attempts'])
        .where('unique_id', '=', again.uniqueId)
        .execute();
    // The copies have only been sent: nothing is unfinished before the first of them is taken.
    const consumed = await until(taken, (rows) => rows[0]?.state === 'done');
    const server = await settled(conductor, ctx, id);
    assert.equal(server.vm_state, 'active');
    assert.deepEqual(consumed, [{ state: 'done', attempts: 1 }]);
  });
});
