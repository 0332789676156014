import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeystoneSettings } from './keystone-settings.js';

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when the body is not JSON. */
  readonly body: unknown;
}

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Larger answers than any token with its catalog. */
const MAX_ANSWER_BYTES = 4_194_304;

/** Sends JSON to Keystone over connections that are kept; rejects when there is no whole answer within the time. */
export class JsonSender {
  readonly #settings: KeystoneSettings;
  readonly #agent: HttpAgent;

  constructor(settings: KeystoneSettings) {
    this.#settings = settings;
    const pool = { keepAlive: true, maxSockets: 32 };
    this.#agent = settings.url.startsWith('https:')
      ? new HttpsAgent({ ...pool, ...settings.tls, minVersion: 'TLSv1.2' })
      : new HttpAgent(pool);
  }

  close(): void {
    this.#agent.destroy();
  }

  send(asked: JsonRequest, timeoutMs: number): Promise<JsonAnswer> {
    const url = new URL(`${this.#settings.url}${asked.path}`);
    const text = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      accept: 'application/json',
      ...asked.headers,
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = start(url, { method: asked.method, agent: this.#agent, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => {
          const body = parsed(Buffer.concat(chunks).toString('utf8'));
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      request.once('error', reject);
      request.end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
