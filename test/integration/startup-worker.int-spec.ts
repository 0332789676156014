// The rows of services in the database and the periodic tasks of real workers, row by row of docs/startup-conformance.md.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { ServicePage, conductorContract } from '#libs/contracts';
import type { ConductorContract, ServiceData } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { freePorts } from '#testing/free-port';
import { Program } from '#testing/program';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';
import { adminContext, testConfiguration, until as untilWithin } from '../../apps/worker/src/testing/memory-worker.js';

const until = <T>(ask: () => Promise<T>, done: (value: T) => boolean): Promise<T> =>
  untilWithin(ask, done, { timeoutMs: 60_000 });

const SERVED = ['albireo-compute', 'albireo-conductor', 'albireo-scheduler'];

describe('a real worker and its rows in the database', () => {
  let database: TestDatabase;
  let broker: Broker;
  let store: Store;
  let transport: Transport;
  let conductor: RpcClient<ConductorContract>;
  let env: Record<string, string>;

  before(async () => {
    [database, broker] = await Promise.all([startDatabase(), startBroker()]);
    store = await openStore({ kind: 'postgres', url: database.url });
    await syncDatabase(store);
    env = {
      OS_DEFAULT__TRANSPORT_URL: broker.url,
      OS_DEFAULT__CONTROL_EXCHANGE: `rows-${process.pid}`,
      OS_DATABASE__CONNECTION: database.url,
      OS_DEFAULT__REPORT_INTERVAL: '1',
      OS_DEFAULT__RPC_WORKERS: '1',
      OS_HEALTH__PORT: '-1',
    };
    transport = await openTransport(testConfiguration(env), 'test');
    conductor = new RpcClient(transport, conductorContract, {});
  });
  after(async () => {
    await transport?.stop();
    await store?.close();
    await Promise.all([broker?.stop(), database?.stop()]);
  });

  async function withWorker(
    host: string,
    more: Record<string, string>,
    use: (program: Program) => Promise<void>,
  ): Promise<void> {
    const program = new Program('albireo-worker', { env: { ...env, OS_DEFAULT__HOST: host, ...more } });
    try {
      await program.waitForOutput(/albireo-worker is ready/);
      await use(program);
    } finally {
      await program.kill();
    }
  }

  async function services(host: string): Promise<readonly ServiceData[]> {
    const page = await conductor.call(adminContext(), 'service_list', { filters: { host: [host] } });
    return ServicePage.unwrap(page).objects.toSorted((a, b) => a.binary.localeCompare(b.binary));
  }

  const reports = async (host: string): Promise<number> => {
    const rows = await store.db.selectFrom('services').select('report_count').where('host', '=', host).execute();
    return Math.min(...rows.map((row) => row.report_count));
  };

  it('starts unready while the database is away, says so without its URL, and outlives that it goes', async () => {
    const [port = 0] = await freePorts(1);
    const real = new URL(database.url);
    const away = new URL(database.url);
    away.host = `127.0.0.1:${port}`;
    const program = new Program('albireo-worker', {
      env: {
        ...env,
        OS_DEFAULT__HOST: 'returns',
        OS_DATABASE__CONNECTION: away.href,
        OS_DATABASE__RETRY_INTERVAL: '1',
      },
    });
    const open = new Set<Socket>();
    const forwarder = createServer((socket) => {
      open.add(socket.once('close', () => open.delete(socket)));
      const onward = connect(Number(real.port), real.hostname);
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on('error', () => end.destroy());
    });
    try {
      await program.waitForOutput(/WARNING .*The database does not answer .*ECONNREFUSED.*trying again in 1 s/);
      assert.doesNotMatch(program.output, /is ready|Serving conductor/);
      forwarder.listen(port, '127.0.0.1');
      await program.waitForOutput(/albireo-worker is ready/);
      assert.doesNotMatch(program.output, /postgresql:\/\//);
      forwarder.close();
      for (const socket of open) socket.destroy();
      await program.waitForOutput(/WARNING .*Periodic task report \w+ failed: /);
      forwarder.listen(port, '127.0.0.1');
      const before = await reports('returns');
      await until(
        () => reports('returns'),
        (reported) => reported > before,
      );
      assert.doesNotMatch(program.output, /exited with status/);
      assert.equal(await program.stop(), 0);
    } finally {
      await program.kill();
      forwarder.close();
    }
  });

  it('makes one for each service of a host before it is ready, whatever the number of processes, and renews it', async () => {
    await withWorker('together', { OS_DEFAULT__RPC_WORKERS: '2' }, async (program) => {
      await program.waitForOutput(/(Serving conductor, scheduler, compute[^]*){2}/);
      const [row, ...others] = await services('together');
      assert.deepEqual([row?.binary, ...others.map(({ binary }) => binary)], SERVED);
      assert.ok([row, ...others].every((service) => service?.state === 'up' && service.status === 'enabled'));
      const before = await reports('together');
      await until(
        () => reports('together'),
        (reported) => reported > before + 1,
      );
      assert.equal(await program.stop(), 0);
    });
    assert.equal(
      (await store.db.selectFrom('services').selectAll().where('host', '=', 'together').execute()).length,
      3,
    );
  });

  it('stays down without its reports when it was killed, and is up again with its old row', async () => {
    await withWorker('witness', {}, async () => {
      let ids: readonly string[] = [];
      await withWorker('victim', {}, async (program) => {
        const before = await services('victim');
        assert.ok(before.every(({ state }) => state === 'up'));
        ids = before.map(({ id }) => id);
        await program.kill();
      });
      // As if service_down_time had gone by: whoever lives reports again.
      await sql`update services set updated_at = clock_timestamp() - interval '10 minutes'`.execute(store.db);
      await until(
        () => services('witness'),
        (rows) => rows.every(({ state }) => state === 'up'),
      );
      assert.ok((await services('victim')).every(({ state }) => state === 'down'));
      await withWorker('victim', {}, async () => {
        const after = await services('victim');
        assert.deepEqual(
          after.map(({ id, state }) => [id, state]),
          ids.map((id) => [id, 'up']),
        );
      });
    });
  });

  async function insertForgotten(disabled = false): Promise<string> {
    const host = `forgotten-${randomUUID()}`;
    const row = { id: randomUUID(), binary: 'albireo-compute', host, zone: 'nova', disabled, disabled_reason: null };
    await store.db
      .insertInto('services')
      .values({ ...row, updated_at: '2001-01-01T00:00:00Z' })
      .execute();
    return host;
  }

  const rowsOf = (host: string): Promise<unknown[]> =>
    store.db.selectFrom('services').select('id').where('host', '=', host).execute();

  it('runs its periodic tasks within periodic_fuzzy_delay', async () => {
    const kept = await insertForgotten(true);
    const host = await insertForgotten();
    await withWorker('sweeper', { OS_DEFAULT__PERIODIC_FUZZY_DELAY: '0' }, async () => {
      await until(
        () => rowsOf(host),
        (rows) => rows.length === 0,
      );
      assert.equal((await rowsOf(kept)).length, 1);
    });
  });

  it('without periodic_enable goes on reporting, and leaves the rest to others', async () => {
    const host = await insertForgotten();
    const off = { OS_DEFAULT__PERIODIC_ENABLE: 'false', OS_DEFAULT__PERIODIC_FUZZY_DELAY: '0' };
    await withWorker('reporter', off, async (program) => {
      assert.match(program.output, /INFO .*Periodic tasks are off, only reports are repeated/);
      const before = await reports('reporter');
      await until(
        () => reports('reporter'),
        (reported) => reported > before + 1,
      );
      assert.equal((await rowsOf(host)).length, 1);
      assert.equal(await program.stop(), 0);
    });
  });
});
