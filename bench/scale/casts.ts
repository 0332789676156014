import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { startBroker } from '#testing/broker';
import { exchange, topic } from '../rpc/candidate.js';
import { pssOfTree } from '../process-tree.js';
import { rounded } from './figures.js';
import type { Curve } from './figures.js';

const program = fileURLToPath(new URL('casts-process.js', import.meta.url));
const LOOK_MS = 250;

/** A process of ours that publishes or serves. */
class Side {
  readonly #child: ChildProcess;

  private constructor(role: 'publish' | 'serve', url: string) {
    this.#child = fork(program, [role, url]);
  }

  static async start(role: 'publish' | 'serve', url: string): Promise<Side> {
    const side = new Side(role, url);
    await once(side.#child, 'message');
    return side;
  }

  /** Answers its PSS in MiB afterwards. */
  async ask(what: { readonly run: number } | 'memory'): Promise<number> {
    this.#child.send(what);
    const [mib] = (await once(this.#child, 'message')) as [number];
    return mib;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.send('stop');
    await ended;
  }
}

/** Memory of who publishes, of the broker and of who then serves them, by the casts that wait in one queue. */
export async function castsCurve(counts: readonly number[]): Promise<Curve[]> {
  const broker = await startBroker({ own: true });
  const memory = (): number => Math.round(pssOfTree(broker.pid ?? 0));
  const connection = await connect(broker.url.replace(/^rabbit:/, 'amqp:'));
  const channel = await connection.createChannel();
  const waiting = async (): Promise<number> => (await channel.checkQueue(`${exchange}.${topic}`)).messageCount;
  try {
    // It makes the queue.
    await (await Side.start('serve', broker.url)).stop();
    const publisher = await Side.start('publish', broker.url);
    const [published, held, rate]: number[][] = [[], [], []];
    let before = 0;
    for (const count of counts) {
      const begun = performance.now();
      published?.push(await publisher.ask({ run: count - before }));
      rate?.push(Math.round(((count - before) * 1000) / Math.max(1, performance.now() - begun)));
      held?.push(memory());
      before = count;
    }
    await publisher.stop();
    const server = await Side.start('serve', broker.url);
    const begun = performance.now();
    const served: number[] = [];
    for (const bound of counts.toReversed()) {
      while ((await waiting()) > bound) await pause(LOOK_MS);
      served.unshift(await server.ask('memory'));
    }
    const drained = Math.round((before * 1000) / (performance.now() - begun));
    await server.stop();
    return [
      {
        title: 'Memory by casts that wait in a queue',
        along: 'casts',
        x: counts,
        unit: 'MiB, PSS',
        series: [
          { name: 'the process that publishes', values: published ?? [] },
          { name: 'RabbitMQ', values: held ?? [] },
          { name: 'the process that serves, so many left', values: served },
        ],
      },
      {
        title: `Confirmed casts of one process; another one then runs ${rounded(drained / 1000, 1)} thousand a second`,
        along: 'casts',
        x: counts.slice(1),
        unit: 'a second',
        series: [{ name: 'published', values: rate?.slice(1) ?? [] }],
      },
    ];
  } finally {
    await connection.close();
    await broker.stop();
  }
}
