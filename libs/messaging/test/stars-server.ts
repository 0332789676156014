import { EventEmitter, once } from 'node:events';
import { currentContext } from '#libs/telemetry';
import { endpoint, ExpectedException, RpcServer } from '../src/index.js';
import type { Delivery, RpcServerOptions, Transport } from '../src/index.js';
import { starsContract } from './stars-contract.js';

/** A server of the tests' contract that records what it did. */
export class StarsServer {
  readonly server: RpcServer;
  readonly notes: string[] = [];
  readonly runs: string[] = [];
  readonly deliveries: Delivery[] = [];
  readonly events = new EventEmitter();
  /** The action of `note`; throws to fail. */
  onNote: (note: string, delivery: Delivery) => Promise<void> = async () => undefined;

  constructor(
    transport: Transport,
    readonly name: string,
    options: Partial<RpcServerOptions> = {},
  ) {
    const run = (method: string): void => {
      this.runs.push(method);
      this.events.emit('run', method);
    };
    const wait = (ms: number): Promise<string> =>
      new Promise((resolve) => setTimeout(() => resolve(`${name} waited ${ms}`), ms));
    const topic = options.topic ?? starsContract.topic;
    this.server = new RpcServer(transport, {
      topic,
      server: name,
      endpoints: [
        endpoint(
          { ...starsContract, topic },
          {
            echo: async (_context, args) => {
              run('echo');
              return args.number === undefined ? { text: args.text } : { text: args.text, number: args.number };
            },
            nested: async (_context, args) => args.inner.size,
            change: async (_context, args) => {
              run('change');
              return wait(args.ms);
            },
            wait: async (_context, args, delivery) => {
              this.deliveries.push(delivery);
              run('wait');
              return wait(args.ms);
            },
            fail: async (_context, args) => {
              if (args.note === 'expected') {
                throw new ExpectedException('StarNotFound', 'no such star', { kwargs: { star: 'b' } });
              }
              throw new RangeError(args.note);
            },
            broken: async (_context, args) => {
              if (args.note === 'circular') {
                const loop: Record<string, unknown> = {};
                loop['self'] = loop;
                return loop;
              }
              return 'x'.repeat(3_000_000);
            },
            who: async () => name,
            whoami: async () => currentContext()?.user_id ?? null,
            note: async (_context, args, delivery) => {
              this.deliveries.push(delivery);
              run('note');
              await this.onNote(args.note, delivery);
              this.notes.push(args.note);
              this.events.emit('note', args.note);
            },
          },
        ),
      ],
      ...options,
    });
  }

  /** Resolves when this many notes have taken effect. */
  async noted(count: number): Promise<readonly string[]> {
    while (this.notes.length < count) await once(this.events, 'note');
    return this.notes;
  }

  async ran(count: number): Promise<void> {
    while (this.runs.length < count) await once(this.events, 'run');
  }
}
