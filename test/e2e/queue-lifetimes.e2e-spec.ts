import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

const TOPICS = ['compute', 'conductor', 'identity', 'image', 'network', 'scheduler'];

interface Queue {
  readonly name: string;
  readonly kind: string;
  readonly expires: boolean;
}

/** What must be left when no program runs: queues of topics, and of the compute host, whose name outlives processes. */
function lasting(exchange: string): string[] {
  const workers = TOPICS.flatMap((topic) => [`${exchange}.${topic}`, `${exchange}.${topic}.test-compute`]);
  return [...workers, `${exchange}.gateway`].toSorted();
}

for (const kind of ['classic', 'quorum']) {
  describe(`the queues of all programs, ${kind}`, { timeout: 600_000 }, () => {
    let broker: Broker;
    let pair: Pair;
    let exchange: string;
    before(async () => {
      broker = await startBroker({ own: true });
      exchange = `q-${kind}`;
      pair = await startPair({
        brokerUrl: broker.url,
        env: {
          OS_DEFAULT__CONTROL_EXCHANGE: exchange,
          OS_DEFAULT__ENABLED_APIS: 'identity,network',
          OS_DEFAULT__RESTART_METHOD: 'reload',
          OS_OSLO_MESSAGING_RABBIT__RABBIT_QUORUM_QUEUE: String(kind === 'quorum'),
          OS_OSLO_MESSAGING_RABBIT__RABBIT_TRANSIENT_QUEUES_TTL: '2',
        },
      });
    });
    after(async () => {
      await pair?.stop();
      await broker?.stop();
    });

    async function queues(): Promise<Queue[]> {
      const printed = await broker.ctl(['list_queues', 'name', 'type', 'arguments', '--formatter', 'json']);
      const rows = JSON.parse(printed) as { name: string; type: string; arguments: unknown }[];
      return rows
        .map((row) => ({
          name: row.name,
          kind: row.type.includes('quorum') ? 'quorum' : 'classic',
          expires: JSON.stringify(row.arguments).includes('x-expires'),
        }))
        .toSorted((one, other) => one.name.localeCompare(other.name));
    }

    /** Every queue that is not one of the lasting ones expires, and those are of the kind that was asked for. */
    async function check(): Promise<Queue[]> {
      const found = await queues();
      const names = lasting(exchange);
      const stray = found.filter(({ name, expires }) => !expires && !names.includes(name));
      assert.deepEqual(stray, [], 'queues that nobody will ever delete');
      const wrong = found.filter((queue) => names.includes(queue.name) && (queue.expires || queue.kind !== kind));
      assert.deepEqual(wrong, []);
      return found;
    }

    async function untilOnlyLastingOnes(): Promise<void> {
      for (;;) {
        const found = (await check()).map(({ name }) => name);
        if (found.length === lasting(exchange).length) return assert.deepEqual(found, lasting(exchange));
        await sleep(200);
      }
    }

    it('carry a process in their name only where they expire: while all run, and through reloads', async () => {
      const before = await check();
      assert.ok(before.some(({ name, expires }) => name.startsWith(`${exchange}.gateway.`) && expires));
      const own = (found: readonly Queue[]): string[] =>
        found.map(({ name }) => name).filter((name) => name.startsWith(`${exchange}.gateway.`));
      const old = own(before);
      const gateway = pair.programs.get('gateway-0');
      gateway?.signal('SIGHUP');
      await gateway?.waitForOutput(/Reloaded all workers/);
      // Those of the children that went are gone, and there are as many new ones.
      for (;;) {
        const now = own(await check());
        if (now.length === old.length && !now.some((name) => old.includes(name))) break;
        await sleep(200);
      }
    });

    it('are gone after an orderly stop, but for those of topics and hosts', async () => {
      await Promise.all([...pair.programs.values()].map((program) => program.stop()));
      await untilOnlyLastingOnes();
    });

    it('are gone some time after kill -9, too', async () => {
      const programs = await Promise.all([pair.startWorker(0), pair.startGateway(0)]);
      await check();
      await Promise.all(programs.map((program) => program.kill()));
      pair.programs.clear();
      await untilOnlyLastingOnes();
    });
  });
}
