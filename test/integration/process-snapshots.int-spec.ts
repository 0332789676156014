// Snapshots where APIs and workers are processes of their own, on RabbitMQ and PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '#testing/api-client';
import { query } from '#testing/database-server';
import { Program, runProgram } from '#testing/program';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

/** Longer than a restore waits for transactions: such a build outlives its state. */
const SPAWN_DELAY_S = 4;

describe('snapshots of gateways and workers that are processes of their own', { timeout: 300_000 }, () => {
  let pair: Pair;
  let clients: ApiClient[];
  const client = (at: number): ApiClient => clients[at] ?? assert.fail(`no gateway ${at}`);

  before(async () => {
    const env = { OS_CONTROL__SNAPSHOTS: 'true', OS_FAKE__SPAWN_DELAY: String(SPAWN_DELAY_S) };
    pair = await startPair({ gateways: 2, workers: 2, env });
    clients = pair.gatewayPorts.map((ports) => new ApiClient(ports));
    for (const each of clients) await each.login();
  });
  after(() => pair?.stop());

  const manage = (...args: string[]): Promise<{ code: number | null; output: string }> =>
    runProgram('albireo-manage', { args: ['snapshot', ...args], env: pair.env });
  async function done(...args: string[]): Promise<string> {
    const { code, output } = await manage(...args);
    assert.equal(code, 0, output);
    return output;
  }
  async function count(table: string): Promise<number> {
    const [row] = await query(pair.databaseUrl, `select count(*)::integer as n from ${table}`);
    return Number(row?.['n']);
  }
  async function network(at: number, name: string): Promise<string> {
    const { status, json, text } = await client(at).request('network', 'POST', '/v2.0/networks', {
      body: { network: { name } },
    });
    assert.equal(status, 201, text);
    return (json['network'] as { id: string }).id;
  }
  async function names(at: number): Promise<string[]> {
    const { json } = await client(at).request('network', 'GET', '/v2.0/networks?fields=name');
    return (json['networks'] as { name: string }[]).map(({ name }) => name).toSorted();
  }
  async function server(name: string): Promise<string> {
    const { status, json, text } = await client(0).request('osapi_compute', 'POST', '/v2.1/servers', {
      headers: { 'openstack-api-version': 'compute 2.37' },
      body: { server: { name, imageRef: await image(), flavorRef: await flavor(), networks: 'none' } },
    });
    assert.equal(status, 202, text);
    return (json['server'] as { id: string }).id;
  }
  async function image(): Promise<string> {
    const { json } = await client(0).request('image', 'GET', '/v2/images');
    return (json['images'] as { id: string }[])[0]?.id ?? assert.fail('there is no image');
  }
  async function flavor(): Promise<string> {
    const { json } = await client(0).request(
      'osapi_compute',
      'GET',
      '/v2.1/flavors/detail?sort_key=root_gb&sort_dir=desc',
    );
    return (json['flavors'] as { id: string }[])[0]?.id ?? assert.fail('there is no flavor');
  }
  async function until(what: string, is: () => Promise<boolean>): Promise<void> {
    for (let left = 300; !(await is()); left -= 1) {
      assert.ok(left > 0, what);
      await sleep(100);
    }
  }
  async function isActive(id: string): Promise<boolean> {
    const { json } = await client(1).request('osapi_compute', 'GET', `/v2.1/servers/${id}`);
    return (json['server'] as { status: string } | undefined)?.status === 'ACTIVE';
  }

  it('are told to every gateway and worker: nothing of the later state is left, and tokens are good', async () => {
    await network(0, 'before');
    const building = await server('building');
    assert.match(await done('create', 'one'), /^one\t.* rows\n/);
    await until('the build ends', () => isActive(building));
    await network(1, 'later');
    const later = await server('later');
    await until(
      'the driver builds it',
      async () => (await count(`instances where id = '${later}' and task_state = 'spawning'`)) > 0,
    );
    const revoked = client(1).token;
    await client(1).login();
    const { status } = await client(0).request('identity', 'DELETE', '/v3/auth/tokens', {
      headers: { 'x-subject-token': revoked },
    });
    assert.equal(status, 204);
    await until('both know', async () => {
      const seen = await client(1).request('network', 'GET', '/v2.0/networks', { token: revoked });
      return seen.status === 401;
    });

    const output = await done('restore', 'one');
    const ms = Number(/restored one in (\d+) ms/.exec(output)?.[1]);
    console.log(`a restore of two workers and two gateways took ${ms} ms`);
    for (const at of [0, 1]) assert.deepEqual(await names(at), ['before']);
    // The gateways have dropped what they knew of revocations since.
    await until('the gateways forget', async () => {
      const seen = await client(1).request('network', 'GET', '/v2.0/networks', { token: revoked });
      return seen.status === 200;
    });
    // What was under way when the snapshot was made goes on; what was under way since ends without effect.
    await until('the build goes on', () => isActive(building));
    await sleep((SPAWN_DELAY_S + 1) * 1_000);
    assert.equal(await count(`instances where id = '${later}'`), 0);
    assert.equal(await count('fake_machines'), 1);
    assert.equal(await count('allocations'), 1);
    const { json } = await client(0).request('osapi_compute', 'GET', '/v2.1/os-services');
    for (const { state } of json['services'] as { state: string }[]) assert.equal(state, 'up');
  });

  it('drop a cast of the state before that a worker gets after the restore', async () => {
    await done('create', 'two');
    const workers = [pair.programs.get('worker-0'), pair.programs.get('worker-1')];
    const id = await server('left in the queue');
    await until(
      'the driver builds it',
      async () => (await count(`instances where id = '${id}' and task_state = 'spawning'`)) > 0,
    );
    // Its cast is not acknowledged, so that the broker gives it to the other worker when the first dies.
    await workers[0]?.kill();
    await done('restore', 'two');
    await pair.startWorker(0);
    await workers[1]?.kill();
    await pair.startWorker(1);
    // Of the same queue: when it is built, the old cast has had its turn.
    const next = await server('next');
    await until('the next server is built', () => isActive(next));
    assert.equal(await count(`instances where id = '${id}'`), 0);
    assert.equal(await count(`fake_machines where instance_id = '${id}'`), 0);
  });

  it('are listed, refused by name, deleted, and reset brings back the one named seed', async () => {
    assert.match(await done('list'), /^one\t.*\ntwo\t/);
    assert.match((await manage('reset')).output, /no snapshot is named "seed": there are one, two/);
    await done('create', 'seed');
    await network(0, 'after the seed');
    await done('reset');
    assert.deepEqual(await names(1), ['before']);
    assert.match((await manage('create', 'one')).output, /a snapshot is named one already/);
    assert.match((await manage('create', '../x')).output, /expected a letter or digit/);
    await done('delete', 'two');
    assert.doesNotMatch(await done('list'), /two/);
  });

  it('are refused beside a worker without the option, and where no worker has it', async () => {
    const other = await startPair({ gateways: 0, workers: 1, brokerUrl: pair.brokerUrl });
    try {
      const alone = await runProgram('albireo-manage', { args: ['snapshot', 'list'], env: other.env });
      assert.deepEqual([alone.code, /no worker takes snapshots/.test(alone.output)], [1, true], alone.output);
    } finally {
      await other.stop();
    }
    const beside = { ...pair.env, OS_CONTROL__SNAPSHOTS: 'false' };
    const worker = new Program('albireo-worker', { env: beside });
    try {
      await worker.waitForOutput(/is ready/);
      const { code, output } = await manage('restore', 'one');
      assert.equal(code, 1);
      assert.match(output, /are of workers without \[control\] snapshots/);
    } finally {
      await worker.stop();
    }
  });
});
