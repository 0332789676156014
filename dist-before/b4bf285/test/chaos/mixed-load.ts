import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiPorts } from '#testing/stack';
import { Random } from '../fuzz/random.js';
import { ServerBook } from './server-book.js';
import type { Service, ServiceAnswer } from './service.js';

interface Ask {
  readonly api: keyof ApiPorts;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly expect: number;
  /** The server that it is about: once that was deleted, 404 is right too. */
  readonly server?: string;
  readonly whenDone?: (answer: ServiceAnswer) => void;
}

const READ = { api: 'osapi_compute', method: 'GET', expect: 200 } as const;
const LIST_SERVERS: Ask = { ...READ, path: '/v2.1/servers/detail?limit=10' };

/** Of a hundred requests, how many of each kind; 75 read and 25 write. */
const MIX = {
  showServer: 30,
  listServers: 10,
  listNetworks: 12,
  listPorts: 8,
  listImages: 8,
  listFlavors: 7,
  renameServer: 10,
  createKeypair: 5,
  deleteKeypair: 5,
  createServer: 3,
  deleteServer: 2,
} as const;
type Kind = keyof typeof MIX;

/** Beyond this many living servers one is deleted in place of a new one. */
const MOST_SERVERS = 200;

export interface LoadFailure {
  readonly at: number;
  readonly request: string;
  readonly found: string;
}

/** Sends a steady stream of requests, whether the last ones are answered or not, and judges each answer. */
export class MixedLoad {
  readonly #random = new Random(20_240_601);
  readonly servers = new ServerBook(this.#random);
  readonly failures: LoadFailure[] = [];
  /** Milliseconds of each answered request. */
  readonly latencies: number[] = [];
  readonly counts = new Map<Kind, number>();
  readonly #keypairs: string[] = [];
  readonly #open = new Set<Promise<void>>();
  readonly #kinds = Object.entries(MIX).flatMap(([kind, weight]) => Array<Kind>(weight).fill(kind as Kind));
  #serial = 0;
  #sent = 0;
  #stopped = false;
  #running: Promise<void> | undefined;
  #startedAt = 0;
  elapsedMs = 0;

  constructor(
    readonly service: Service,
    readonly networkId: string,
    readonly imageId: string,
    /** Requests a second. */
    readonly rate: number,
    /** While so many wait for their answers no more are sent: a machine that is too slow gets fewer, not a backlog. */
    readonly mostOpen: number,
  ) {}

  get sent(): number {
    return this.#sent;
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#running = this.#run();
  }

  /** Sends no more, and resolves when all are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.elapsedMs = performance.now() - this.#startedAt;
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const due = Math.floor(((performance.now() - this.#startedAt) / 1000) * this.rate);
      while (this.#sent < due && this.#open.size < this.mostOpen) this.#next();
      await sleep(5);
    }
  }

  #next(): void {
    this.#sent += 1;
    const kind = this.#random.pick(this.#kinds);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    const one = this.#send(this.#asks[kind]()).finally(() => this.#open.delete(one));
    this.#open.add(one);
  }

  async #send(ask: Ask): Promise<void> {
    const begun = performance.now();
    let found: string;
    try {
      const answer = await this.service.send(ask.api, ask.method, ask.path, ask.body);
      this.latencies.push(performance.now() - begun);
      if (answer.status === ask.expect) return ask.whenDone?.(answer);
      if (answer.status === 404 && ask.server !== undefined && this.servers.deleted.has(ask.server)) return;
      found = `${answer.status} ${answer.text.slice(0, 300)}`;
    } catch (error) {
      found = error instanceof Error ? `${error.name} ${error.message}` : String(error);
    }
    const at = Math.round(begun - this.#startedAt);
    this.failures.push({ at, request: `${ask.method} ${ask.api} ${ask.path}`, found });
  }

  /** The next request of each kind. */
  readonly #asks: Readonly<Record<Kind, () => Ask>> = {
    showServer: () => this.#about((id) => ({ ...READ, path: `/v2.1/servers/${id}` })),
    renameServer: () =>
      this.#about((id) => {
        // Back to its own name: the last check finds servers by their names.
        const body = { server: { name: this.servers.accepted.get(id) } };
        return { ...READ, method: 'PUT', path: `/v2.1/servers/${id}`, body };
      }),
    listServers: () => LIST_SERVERS,
    listFlavors: () => ({ ...READ, path: '/v2.1/flavors/detail' }),
    listNetworks: () => ({ ...READ, api: 'network', path: '/v2.0/networks' }),
    listPorts: () => this.#about((id) => ({ ...READ, api: 'network', path: `/v2.0/ports?device_id=${id}` })),
    listImages: () => ({ ...READ, api: 'image', path: '/v2/images' }),
    createKeypair: () => this.#createKeypair(),
    deleteKeypair: () => {
      const name = this.#keypairs.pop();
      if (name === undefined) return this.#createKeypair();
      return { ...READ, method: 'DELETE', path: `/v2.1/os-keypairs/${name}`, expect: 202 };
    },
    createServer: () => (this.servers.alive >= MOST_SERVERS ? this.#deleteServer() : this.#createServer()),
    deleteServer: () => this.#deleteServer(),
  };

  /** A request about a server that lives; without one, a list. */
  #about(ask: (id: string) => Ask): Ask {
    const server = this.servers.pick();
    if (server === undefined) return LIST_SERVERS;
    return { ...ask(server), server };
  }

  #createKeypair(): Ask {
    const name = `key-${(this.#serial += 1)}`;
    const body = { keypair: { name, public_key: PUBLIC_KEY } };
    const whenDone = (): void => void this.#keypairs.push(name);
    return { api: 'osapi_compute', method: 'POST', path: '/v2.1/os-keypairs', body, expect: 200, whenDone };
  }

  #createServer(): Ask {
    const name = `scale-${(this.#serial += 1)}`;
    const networks = [{ uuid: this.networkId }];
    const body = { server: { name, imageRef: this.imageId, flavorRef: '1', networks } };
    const whenDone = ({ text }: ServiceAnswer): void => {
      const { server } = JSON.parse(text) as { server: { id: string } };
      this.servers.add(server.id, name);
    };
    return { api: 'osapi_compute', method: 'POST', path: '/v2.1/servers', body, expect: 202, whenDone };
  }

  #deleteServer(): Ask {
    const id = this.servers.take();
    if (id === undefined) return this.#createServer();
    return { api: 'osapi_compute', method: 'DELETE', path: `/v2.1/servers/${id}`, expect: 204 };
  }
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIG8Pm8ueZmDVXcT4Fdm1kDvxh6BDSkp8s8Ky2bTgq9x load';
