import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connect } from 'amqplib';
import { IsString } from 'class-validator';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { runProgram } from '#testing/program';
import { PlacementExplanation, schedulerContract } from '#libs/contracts';
import { call, cast, createTransport, defineContract, endpoint, ParkedMessages, RpcServer } from '#libs/messaging';
import type { Transport } from '#libs/messaging';

class NoteArgs {
  @IsString()
  note!: string;
}

const contract = defineContract({
  topic: 'conductor',
  namespace: 'albireo',
  version: '1.2',
  methods: { echo: call<NoteArgs, string>({ args: NoteArgs }), note: cast({ args: NoteArgs }) },
});

describe('albireo-manage rpc', () => {
  let broker: Broker;
  let transport: Transport;
  let server: RpcServer;
  let exchange = '';
  let sequence = 0;
  let failing = false;
  const notes: string[] = [];

  before(async () => {
    broker = await startBroker();
  });
  after(() => broker.stop());
  beforeEach(async () => {
    exchange = `manage_${process.pid}_${(sequence += 1)}`;
    notes.length = 0;
    failing = false;
    transport = await createTransport({ url: broker.url, controlExchange: exchange, maxAttempts: 1 });
    const endpoints = [
      endpoint(contract, {
        echo: async (_context, { note }) => `heard ${note}`,
        note: async (_context, { note }) => {
          if (failing) throw new Error('it does not work yet');
          notes.push(note);
        },
      }),
    ];
    server = new RpcServer(transport, { topic: 'conductor', server: 'host1', endpoints, service: 'conductor' });
    await server.start();
  });
  afterEach(async () => {
    await server.stop(1_000);
    await transport.stop();
  });

  async function manage(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
    return manageAt(broker.url, 'rpc', ...args);
  }

  async function manageAt(url: string, ...args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const env = {
      OS_DEFAULT__TRANSPORT_URL: url,
      OS_MESSAGING__FIRST_CONNECT_TIMEOUT: '3',
      OS_DEFAULT__CONTROL_EXCHANGE: exchange,
      OS_DEFAULT__HOST: 'host1',
    };
    return runProgram('albireo-manage', { args, env });
  }

  /** Resolves when so many messages are parked; asked here, as a process each time would take long. */
  async function parked(count: number): Promise<void> {
    const messages = new ParkedMessages(transport, 'conductor');
    while ((await messages.list()).length !== count) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it('calls, casts and pings', async () => {
    const target = ['--topic', 'conductor', '--server', 'host1'];
    const called = await manage('call', ...target, '--version', '1.2', 'echo', '{"note": "a"}');
    assert.deepEqual(called, { code: 0, output: '"heard a"\n' });
    assert.deepEqual(await manage('cast', '--topic', 'conductor', 'note', '{"note": "b"}'), {
      code: 0,
      output: 'sent\n',
    });
    const ping = await manage('ping', '--topic', 'conductor', '--exchange', exchange);
    assert.match(ping.output, /^conductor: {"service":"conductor","arg":"ping"} in [\d.]+ ms\n$/);
    assert.deepEqual(notes, ['b']);
  });

  it('tells in one line what went wrong, with exit code 1', async () => {
    const cases: readonly [readonly string[], RegExp][] = [
      [['call', '--topic', 'nowhere', 'echo'], /^albireo-manage: error: rpc: NoWorker: .*\n$/],
      [['call', '--topic', 'conductor', 'echo', '{"note": 1}'], /error: rpc: InvalidArguments: .*argument "note".*\n$/],
      [['call', '--topic', 'conductor', '--version', '1.9', 'echo'], /error: rpc: UnsupportedVersion: .*\n$/],
      [['call', '--topic', 'conductor', 'echo', '[1]'], /expected a JSON object/],
    ];
    for (const [args, pattern] of cases) {
      const { code, output } = await manage(...args);
      assert.equal(code, 1, output);
      assert.match(output, pattern);
    }
  });

  it('lists, shows, replays and drops parked messages', async () => {
    failing = true;
    for (const note of ['one', 'two']) await manage('cast', '--topic', 'conductor', 'note', `{"note": "${note}"}`);
    await parked(2);
    const lines = (await manage('parked', 'list', '--topic', 'conductor')).output.trim().split('\n');
    assert.match(lines[0] ?? '', /^[0-9a-f]{12} {2}conductor {2}2\S+Z {2}1 {2}Error: it does not work yet$/);
    const [first = '', second = ''] = lines.map((line) => line.slice(0, 12));
    const shown = JSON.parse((await manage('parked', 'show', first)).output);
    assert.deepEqual([shown.id, shown.exchange, shown.routingKey], [first, exchange, 'conductor']);
    assert.match(shown.body, /oslo\.message/);

    failing = false;
    assert.deepEqual(await manage('parked', 'replay', first), { code: 0, output: `replayed ${first}\n` });
    await parked(1);
    assert.equal(notes.length, 1);
    const missing = await manage('parked', 'drop', 'ffffffffffff');
    assert.deepEqual(missing, { code: 1, output: 'albireo-manage: error: no parked message ffffffffffff\n' });
    assert.match((await manage('parked', 'drop')).output, /expected ids, or --all/);
    assert.deepEqual(await manage('parked', 'drop', '--all'), { code: 0, output: `dropped ${second}\n` });
    await parked(0);
  });

  it('plans and applies the topology, and tells of conflicts', async () => {
    const own = `${exchange}_t`;
    const env = {
      OS_DEFAULT__TRANSPORT_URL: broker.url,
      OS_DEFAULT__CONTROL_EXCHANGE: own,
      OS_DEFAULT__HOST: 'h',
      OS_DEFAULT__ENABLED_TOPICS: 'image',
    };
    const topology = (command: string): ReturnType<typeof runProgram> =>
      runProgram('albireo-manage', { args: ['rpc', 'topology', command], env });
    const connection = await connect(broker.url.replace(/^rabbit/, 'amqp'));
    const channel = await connection.createChannel();
    await channel.assertQueue(`${own}.image.h`, { durable: false });
    const planned = await topology('plan');
    assert.equal(planned.code, 1);
    assert.match(planned.output, /missing {3}exchange manage_\w+_t {2}\(topic durable=false\)/);
    assert.match(planned.output, /missing {3}queue \S+_t\.image {2}\(durable=true\) {2}<- \S+_t image\n/);
    assert.match(planned.output, /CONFLICT {2}queue \S+\.image\.h .*\n +.*inequivalent arg 'durable'/);
    const applied = await topology('apply');
    assert.equal(applied.code, 1);
    assert.match(applied.output, /declared queue \S+_t\.image\n/);
    await channel.deleteQueue(`${own}.image.h`);
    assert.equal((await topology('apply')).code, 0);
    const done = await topology('plan');
    assert.equal(done.code, 0);
    assert.doesNotMatch(done.output, /missing|CONFLICT/);
    channel.publish(own, 'image', Buffer.from('{}'));
    assert.equal((await channel.checkQueue(`${own}.image`)).consumerCount, 0);
    await connection.close();
  });

  it('names host, vhost, user and the reason of a broker that refuses, and no password', async () => {
    const unknown = await manageAt(`${broker.url}nosuch`, 'rpc', 'ping', '--topic', 'conductor');
    assert.equal(unknown.code, 1);
    const at = `broker 127.0.0.1:${broker.port}, vhost`;
    assert.ok(
      unknown.output.includes(`${at} "nosuch", user "guest": NOT_ALLOWED - vhost nosuch not found`),
      unknown.output,
    );
    const wrong = await manageAt(broker.url.replace('guest:guest', 'guest:geheim'), 'rpc', 'topology', 'plan');
    assert.equal(wrong.code, 1);
    assert.ok(wrong.output.includes(`${at} "/", user "guest": ACCESS_REFUSED - Login was refused`), wrong.output);
    assert.ok(!wrong.output.includes('geheim'));
  });

  it('asks a scheduler over the bus what would refuse a server', async () => {
    const explained = {
      vm_state: 'active',
      host: 'h1',
      hosts: [
        { host: 'h1', refused_by: [] },
        { host: 'h2', refused_by: ['ComputeFilter', 'VCPU: 0 free, 1 wanted'] },
      ],
    };
    const scheduler = new RpcServer(transport, {
      topic: 'scheduler',
      server: 'host1',
      service: 'scheduler',
      endpoints: [
        endpoint(schedulerContract, {
          select_destination: async () => {},
          explain_destination: async (_context, { instance_uuid }) =>
            PlacementExplanation.wrap({ instance_uuid, ...explained }),
        }),
      ],
    });
    await scheduler.start();
    const answer = await manageAt(broker.url, 'scheduler', 'why', '--rpc', 'id1');
    await scheduler.stop(1_000);
    assert.equal(answer.code, 0, answer.output);
    assert.match(
      answer.output,
      /^server id1 active on h1\nh1 would take it\nh2 refused by ComputeFilter; VCPU: 0 free/m,
    );
  });
});
