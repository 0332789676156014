import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { IsBoolean, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { call, cast, defineContract, endpoint, RpcClient, RpcServer, Since, Nested } from '../src/index.js';
import type { Contract, Transport } from '../src/index.js';
import { rejectsWith } from './semantics-site.js';
import type { Bus } from './semantics-site.js';

class Gear {
  @IsInt()
  ratio!: number;

  @Since('1.4')
  @IsOptional()
  @IsBoolean()
  synchronised?: boolean;
}

class ShiftArgs {
  @ValidateNested({ each: true })
  @Nested(() => Gear)
  gears!: readonly Gear[];

  @Since('1.3')
  @IsOptional()
  @IsString()
  clutch?: string;
}

/** The same before anything was added. */
class OldGear {
  @IsInt()
  ratio!: number;
}
class OldShiftArgs {
  @ValidateNested({ each: true })
  @Nested(() => OldGear)
  gears!: readonly OldGear[];
}

class OilArgs {
  @IsInt()
  litres!: number;

  @Since('1.3')
  @IsOptional()
  @IsString()
  grade?: string;
}
class OldOilArgs {
  @IsInt()
  litres!: number;
}

const who = call<string>({ args: null, idempotent: true });
const shift = call<ShiftArgs, unknown>({ args: ShiftArgs });
const oldShift = call<OldShiftArgs, unknown>({ args: OldShiftArgs });
const older = defineContract({
  topic: 'engine',
  namespace: 'albireo',
  version: '1.2',
  methods: { who, shift: oldShift, oil: cast({ args: OldOilArgs }) },
});
const newer = defineContract({
  topic: 'engine',
  namespace: 'albireo',
  version: '1.4',
  methods: {
    who,
    shift,
    boost: call<string>({ args: null, idempotent: true, since: '1.3' }),
    oil: cast({ args: OilArgs }),
    tune: cast({ args: null, since: '1.4' }),
  },
});
const context = createContext();
let sequence = 0;

/** Old and new servers side by side: the client sends a version that the oldest understands. */
export function describeUpgrades(name: string, openBus: () => Promise<Bus>): void {
  describe(`rolling upgrades over the ${name} driver`, () => {
    let bus: Bus;
    let exchange: string;
    let transport: Transport;
    let cleanups: (() => Promise<void>)[] = [];
    let ran: EventEmitter;

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
      ran = new EventEmitter();
    });
    afterEach(async () => {
      for (const cleanup of cleanups.toReversed()) await cleanup();
      cleanups = [];
    });

    async function serve(version: 'old' | 'new', host: string): Promise<RpcServer> {
      const answer = async (): Promise<string> => host;
      const note = async (_context: unknown, args: object | null): Promise<void> => void ran.emit('cast', host, args);
      const shifted = async (): Promise<unknown> => ({ gear: 1, reverse: false });
      const endpoints = [
        version === 'old'
          ? endpoint(older, { who: answer, shift: async () => ({ gear: 1 }), oil: note })
          : endpoint(newer, { who: answer, shift: shifted, boost: answer, oil: note, tune: note }),
      ];
      const backport = (contract: Contract, asked: string, result: unknown): unknown => {
        assert.deepEqual([contract.topic, asked], ['engine', '1.2']);
        return typeof result === 'object' ? { gear: 1 } : result;
      };
      const server = new RpcServer(transport, { topic: 'engine', server: host, endpoints, backport });
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

    it('sends an older server all that it knows, and refuses the rest before it is sent', async () => {
      await serve('old', 'a');
      const client = new RpcClient(await open({ engine: 'auto' }), newer);
      assert.deepEqual(await client.call(context, 'shift', { gears: [{ ratio: 1 }] }), { gear: 1 });
      const args = { gears: [{ ratio: 1 }, { ratio: 2, synchronised: true }] };
      const nested = await rejectsWith(client.call(context, 'shift', args), 'RPCVersionCapError');
      assert.match(nested.message, /engine\.shift: argument "gears\.synchronised" needs version 1\.4, the cap is 1\.2/);
      const flat = await rejectsWith(client.call(context, 'shift', { gears: [], clutch: 'x' }), 'RPCVersionCapError');
      assert.match(flat.message, /argument "clutch" needs version 1\.3/);
      // An undeclared version is known to be too new once the older server has refused it.
      const undeclared = Object.assign(JSON.parse('{"gears":[]}') as { gears: [] }, { overdrive: 1 });
      const refused = await rejectsWith(client.call(context, 'shift', undeclared), 'RPCVersionCapError');
      assert.match(refused.message, /the oldest server alive speaks 1\.2 and refused it: .*"overdrive"/);
    });

    it('asks in a cast for no more than it needs: an older server that joins, unnoticed, takes it', async () => {
      const server = await serve('new', 'b');
      const client = new RpcClient(await open({ engine: 'auto' }), newer);
      await client.learnVersions();
      const plain = client.serializeCast(context, 'oil', { litres: 5 });
      const graded = client.serializeCast(context, 'oil', { litres: 5, grade: '5W-30' });
      const versionOf = (body: string): unknown => /"version\\?":\s?\\?"([\d.]+)/.exec(body)?.[1];
      assert.deepEqual(
        [plain, graded].map(({ body }) => versionOf(body)),
        ['1.0', '1.3'],
      );
      await server.stop();
      await serve('old', 'a');
      const taken = once(ran, 'cast');
      await client.transport.publish(plain);
      assert.deepEqual(await taken, ['a', Object.assign(new OldOilArgs(), { litres: 5 })]);
    });

    it('gives a cast that is too new back to the queue, for a newer server to take', async () => {
      await serve('old', 'a');
      const taken = once(ran, 'cast');
      await new RpcClient(await open({}), newer).cast(context, 'tune', null);
      await serve('new', 'b');
      assert.deepEqual((await taken)[0], 'b');
    });

    it('answers an older client in its version', async () => {
      await serve('new', 'b');
      const old = new RpcClient(await open({ engine: 'auto' }), older);
      assert.deepEqual(await old.call(context, 'shift', { gears: [] }), { gear: 1 });
      const client = new RpcClient(await open({ engine: 'auto' }), newer);
      const answer = await client.call(context, 'shift', { gears: [{ ratio: 1, synchronised: true }], clutch: 'x' });
      assert.deepEqual(answer, { gear: 1, reverse: false });
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
