import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { call, cast, defineContract, endpoint, RpcClient, RpcServer } from '../src/index.js';
import type { Transport } from '../src/index.js';
import { rejectsWith } from './semantics.js';
import type { Bus } from './semantics.js';

const who = call<string>({ args: null, idempotent: true });
const older = defineContract({ topic: 'engine', namespace: 'albireo', version: '1.2', methods: { who } });
const newer = defineContract({
  topic: 'engine',
  namespace: 'albireo',
  version: '1.4',
  methods: {
    who,
    boost: call<string>({ args: null, idempotent: true, since: '1.3' }),
    tune: cast({ args: null, since: '1.4' }),
  },
});
const context = createContext();
let sequence = 0;

/** Old and new servers side by side: the client sends what the oldest understands. */
export function describeUpgrades(name: string, openBus: () => Promise<Bus>): void {
  describe(`rolling upgrades over the ${name} driver`, () => {
    let bus: Bus;
    let exchange: string;
    let transport: Transport;
    let cleanups: (() => Promise<void>)[] = [];

    const open = async (upgradeLevels: Readonly<Record<string, string>>): Promise<Transport> => {
      const opened = await bus.open({ controlExchange: exchange, responseTimeoutMs: 5_000, upgradeLevels });
      cleanups.push(() => opened.stop());
      return opened;
    };

    before(async () => {
      bus = await openBus();
    });
    after(() => bus.close());
    beforeEach(async () => {
      exchange = `up${process.pid}_${(sequence += 1)}`;
      transport = await open({});
    });
    afterEach(async () => {
      for (const cleanup of cleanups.toReversed()) await cleanup();
      cleanups = [];
    });

    async function serve(version: 'old' | 'new', host: string): Promise<RpcServer> {
      const answer = async (): Promise<string> => host;
      const endpoints = [
        version === 'old'
          ? endpoint(older, { who: answer })
          : endpoint(newer, { who: answer, boost: answer, tune: async () => undefined }),
      ];
      const server = new RpcServer(transport, { topic: 'engine', server: host, endpoints });
      await server.start();
      cleanups.push(() => server.stop(1_000));
      return server;
    }

    it('lets the lowest version alive be the cap, and follows it', async () => {
      const old = await serve('old', 'a');
      await serve('new', 'b');
      const client = new RpcClient(await open({ engine: 'auto' }), newer);
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.call(context, 'who', null)));
      assert.deepEqual([...new Set(answers)].toSorted(), ['a', 'b']);
      assert.equal(client.canSendVersion('1.2'), true);
      assert.equal(client.canSendVersion('1.3'), false);
      const refused = await rejectsWith(client.call(context, 'boost', null), 'RPCVersionCapError');
      assert.match(refused.message, /engine\.boost: version 1\.3 is needed, the cap is 1\.2/);
      await rejectsWith(client.cast(context, 'tune', null), 'RPCVersionCapError');

      await old.stop();
      client.transport.refreshVersions();
      assert.equal(client.canSendVersion('1.2'), true);
      while (!client.canSendVersion('1.4')) await client.call(context, 'who', null);
      assert.equal(await client.call(context, 'boost', null), 'b');
      await client.cast(context, 'tune', null);
    });

    it('notices an older server that joins', async () => {
      const server = await serve('new', 'b');
      const client = new RpcClient(await open({ engine: 'auto' }), newer);
      assert.equal(await client.call(context, 'boost', null), 'b');
      await server.stop();
      await serve('old', 'a');
      assert.equal(await client.call(context, 'who', null), 'a');
      assert.equal(client.canSendVersion('1.3'), false);
    });

    it('obeys a level that is set, and knows none without the option', async () => {
      await serve('old', 'a');
      assert.equal(await new RpcClient(await open({ engine: '1.2' }), newer).call(context, 'who', null), 'a');
      const blind = new RpcClient(await open({}), newer);
      assert.equal(blind.canSendVersion('1.4'), true);
      await rejectsWith(blind.call(context, 'who', null), 'UnsupportedVersion');
      const other = new RpcClient(await open({ engine: '2.0' }), newer);
      await rejectsWith(other.call(context, 'who', null), 'RPCVersionCapError');
    });

    it('sends the newest while nobody is there to ask', async () => {
      const client = new RpcClient(await open({ engine: 'auto' }), newer);
      await client.learnVersions();
      assert.equal(client.canSendVersion('1.4'), true);
      await rejectsWith(client.call(context, 'who', null), 'NoWorker');
    });
  });
}
