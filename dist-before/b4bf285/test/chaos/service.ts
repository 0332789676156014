import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { ApiPorts } from '#testing/stack';
import type { Pod } from './pod.js';

/** The ports of the Service; a connection to one of them goes to the same API's port of a pod. */
const PORTS: Readonly<Record<keyof ApiPorts, number>> = {
  identity: 5000,
  osapi_compute: 8774,
  metadata: 8775,
  image: 9292,
  network: 9696,
};

interface ConnectOptions {
  readonly port?: number | string | null;
}

/** Gives each new connection to the next ready pod; those that are open stay where they are. */
class ServiceAgent extends Agent {
  #turn = 0;

  constructor(readonly endpoints: () => readonly Pod[]) {
    super({ keepAlive: true, maxSockets: 32 });
  }

  createConnection(options: ConnectOptions): Socket {
    const api = Object.entries(PORTS).find(([, port]) => port === Number(options.port))?.[0];
    const pods = this.endpoints();
    const pod = pods[(this.#turn += 1) % pods.length];
    // Nobody listens on port 1: without a ready pod a Service refuses connections.
    const port = pod === undefined || api === undefined ? 1 : pod.ports[api as keyof ApiPorts];
    return connect({ host: '127.0.0.1', port, noDelay: true });
  }
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A client of a Service: keep-alive connections, no second try of anything. */
export class Service {
  readonly #agent: ServiceAgent;
  token = '';

  constructor(endpoints: () => readonly Pod[]) {
    this.#agent = new ServiceAgent(endpoints);
  }

  /** Rejects when there is no whole answer within a minute. */
  send(api: keyof ApiPorts, method: string, path: string, body?: unknown): Promise<ServiceAnswer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = {};
    if (this.token !== '') headers['x-auth-token'] = this.token;
    if (payload !== undefined) headers['content-type'] = 'application/json';
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { agent: this.#agent, host: 'gateway', port: PORTS[api], method, path, headers },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (text += chunk));
          answer.once('error', reject);
          answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        },
      );
      outgoing.setTimeout(60_000, () => outgoing.destroy(new Error('no answer within 60 s')));
      outgoing.once('error', reject);
      outgoing.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
