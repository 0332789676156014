// What a worker says of itself, and answers, while its database is away.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { conductorContract } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { DatabaseServer } from '#testing/database-server';
import { freePorts } from '#testing/free-port';
import { Program, runProgram } from '#testing/program';
import { Relay } from '#testing/relay';
import { openTransport } from '../../apps/worker/src/service/open-worker-store.js';
import { adminContext, testConfiguration } from '../../apps/worker/src/testing/memory-worker.js';

describe('a worker whose database is away', () => {
  let directory: string;
  let broker: Broker;
  let server: DatabaseServer;
  let relay: Relay;
  let worker: Program;
  let transport: Transport;
  let healthPort = 0;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'albireo-readiness-'));
    [broker, server] = await Promise.all([startBroker(), DatabaseServer.create()]);
    await server.start();
    relay = await Relay.to(server.port);
    const url = new URL(server.url);
    url.port = String(relay.port);
    [healthPort = 0] = await freePorts(1);
    const env = {
      OS_DEFAULT__TRANSPORT_URL: broker.url,
      OS_DEFAULT__CONTROL_EXCHANGE: `readiness-${process.pid}`,
      OS_DEFAULT__STATE_PATH: directory,
      OS_DEFAULT__RPC_WORKERS: '1',
      OS_DATABASE__CONNECTION: url.href,
      OS_HEALTH__LISTEN: '127.0.0.1',
      OS_HEALTH__PORT: String(healthPort),
    };
    const { code, output } = await runProgram('albireo-manage', { args: ['db', 'sync'], env });
    assert.equal(code, 0, output);
    worker = new Program('albireo-worker', { env });
    await worker.waitForOutput(/albireo-worker is ready/);
    transport = await openTransport(testConfiguration(env), 'test');
  });
  after(async () => {
    await transport?.stop();
    await worker?.stop();
    await relay?.close();
    await Promise.all([broker?.stop(), server?.remove()]);
    await rm(directory, { recursive: true, force: true });
  });

  async function readiness(): Promise<{ ready: boolean; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz?verbose`);
    return { ready: answer.ok, text: await answer.text() };
  }
  async function until(ready: boolean): Promise<string> {
    for (;;) {
      const found = await readiness();
      if (found.ready === ready) return found.text;
      await sleep(100);
    }
  }
  const services = (): Promise<unknown> => {
    const conductor = new RpcClient(transport, conductorContract, {});
    return conductor.call(adminContext(), 'service_list', { filters: {} });
  };

  it(
    'is not ready, says why, answers that nothing was run, and is ready again without a restart',
    {
      timeout: 120_000,
    },
    async () => {
      await services();
      await server.stop();
      assert.match(await until(false), /^\[-\] worker: 0 of 1 workers ready; the database cannot be reached: /m);
      await assert.rejects(services(), (error: { excType?: string; value?: string }) => {
        assert.equal(error.excType, 'DatabaseUnavailable');
        assert.equal(error.value, 'The database cannot be reached at the moment. The request was not run.');
        return true;
      });
      await server.start();
      await until(true);
      await services();
      assert.doesNotMatch(worker.output, /exited with status|killed by signal/);
    },
  );

  it('notices without any request that it has fallen silent', { timeout: 120_000 }, async () => {
    relay.silence();
    assert.match(await until(false), /the database cannot be reached: no connection within 3 s \(connect_timeout\)/);
    relay.heal();
    await until(true);
    await services();
  });
});
