import assert from 'node:assert/strict';
import { connect } from 'amqplib';
import { after, before, describe, it } from 'node:test';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { runProgram } from '#testing/program';
import { computeContract, conductorContract } from '#libs/contracts';
import { RpcServer, createTransport, defineContract } from '#libs/messaging';

interface Answer {
  readonly code: number | null;
  readonly output: string;
}

describe('albireo-manage status upgrade check', () => {
  let broker: Broker;
  let database: TestDatabase;
  let sequence = 0;
  before(async () => {
    [broker, database] = await Promise.all([startBroker(), startDatabase()]);
  });
  after(async () => {
    await Promise.all([broker?.stop(), database?.stop()]);
  });

  const newExchange = (): string => `status_${process.pid}_${(sequence += 1)}`;

  function check(env: Record<string, string> = {}, args: readonly string[] = []): Promise<Answer> {
    return runProgram('albireo-manage', {
      args: ['status', 'upgrade', 'check', ...args],
      env: {
        OS_DEFAULT__TRANSPORT_URL: broker.url,
        OS_DEFAULT__CONTROL_EXCHANGE: newExchange(),
        OS_DEFAULT__ENABLED_TOPICS: 'conductor,compute',
        OS_DATABASE__CONNECTION: database.url,
        OS_IDENTITY__SIGNING_KEYS: 'k'.repeat(40),
        ...env,
      },
    });
  }

  function result({ output }: Answer, name: string): string {
    const text = output.replaceAll(/ *\|\n\|/g, '').replaceAll(/ {2,}/g, ' ');
    return (
      new RegExp(`Check: ${name} Result: (.*?)\\n`).exec(text)?.[1]?.replace(/ \|$/, '') ?? `no ${name}:\n${output}`
    );
  }

  it('warns of an empty database and of topics without workers: exit 1', { timeout: 60_000 }, async () => {
    const answer = await check();
    assert.equal(answer.code, 1, answer.output);
    assert.match(
      answer.output,
      /^\+-+\+\n\| Upgrade Check Results +\|\n\+-+\+\n\| Check: Configuration +\|\n\| Result: Success/,
    );
    assert.match(
      result(answer, 'Database Schema'),
      /^Warning Details: The database is empty\. Run "albireo-manage db sync"/,
    );
    assert.match(result(answer, 'Versions of the Workers'), /^Warning .*No worker answers for: conductor, compute/);
  });

  it(
    'tells older workers, and is content when all speak this release: exit 1, then 0',
    { timeout: 90_000 },
    async () => {
      const sync = await runProgram('albireo-manage', {
        args: ['db', 'sync'],
        env: { OS_DATABASE__CONNECTION: database.url },
      });
      assert.equal(sync.code, 0, sync.output);
      const exchange = newExchange();
      const transport = await createTransport({ url: broker.url, controlExchange: exchange });
      const serverOf = (topic: string, version: string): RpcServer => {
        const contract = defineContract({ topic, namespace: 'albireo', version, methods: {} });
        const endpoints = [{ contract, handlers: {} }];
        return new RpcServer(transport, { topic, server: 'h', endpoints, service: topic });
      };
      const [major = '1'] = conductorContract.version.split('.');
      const current = [serverOf('conductor', conductorContract.version), serverOf('compute', computeContract.version)];
      try {
        await Promise.all(current.map((server) => server.start()));
        const good = await check({ OS_DEFAULT__CONTROL_EXCHANGE: exchange });
        assert.equal(good.code, 0, good.output);
        await current[0]?.stop(1_000);
        const old = serverOf('conductor', `${Number(major) - 1}.9`);
        await old.start();
        const answer = await check({ OS_DEFAULT__CONTROL_EXCHANGE: exchange }, ['--json']);
        await old.stop(1_000);
        assert.equal(answer.code, 1, answer.output);
        const { checks } = JSON.parse(answer.output) as {
          checks: { check: string; result: number; details: string }[];
        };
        const versions = checks.find(({ check: name }) => name === 'Versions of the Workers');
        assert.equal(versions?.result, 1);
        assert.match(versions.details, /Older workers run: conductor/);
      } finally {
        await Promise.all(current.map((server) => server.stop(1_000)));
        await transport.stop();
      }
    },
  );

  it(
    'fails for a conflict at the broker, a broker or a database that is away, a bad key: exit 2',
    { timeout: 90_000 },
    async () => {
      const exchange = newExchange();
      const connection = await connect(broker.url.replace(/^rabbit:/, 'amqp:'));
      const channel = await connection.createChannel();
      await channel.assertExchange(exchange, 'direct', { durable: false });
      const conflict = await check({ OS_DEFAULT__CONTROL_EXCHANGE: exchange });
      await channel.deleteExchange(exchange);
      await connection.close();
      assert.equal(conflict.code, 2, conflict.output);
      assert.match(result(conflict, 'Exchanges and Queues'), /^Failure/);

      const [away, key] = await Promise.all([
        check({
          OS_DEFAULT__TRANSPORT_URL: 'rabbit://127.0.0.1:9/',
          OS_DATABASE__CONNECTION: 'postgresql://user:secret-word@127.0.0.1:9/db',
        }),
        check({ OS_IDENTITY__SIGNING_KEYS: 'short' }),
      ]);
      assert.equal(away.code, 2, away.output);
      assert.match(result(away, 'Message Broker'), /^Failure/);
      assert.match(result(away, 'Database Schema'), /^Failure/);
      assert.doesNotMatch(away.output, /secret-word/);
      assert.equal(key.code, 2, key.output);
      assert.match(result(key, 'Signing Keys'), /^Failure .*less than 32/);
    },
  );

  it('fails for a faulty configuration and looks at nothing behind it: exit 2; a wrong program: 255', async () => {
    const faulty = await check({ OS_API__MAX_LIMIT: 'many' });
    assert.equal(faulty.code, 2, faulty.output);
    assert.match(result(faulty, 'Configuration'), /^Failure .*max_limit: expected an integer/);
    assert.match(result(faulty, 'Database and Services'), /Not looked at/);
    assert.equal((await check({}, ['--program', 'nova-api'])).code, 255);
  });
});
