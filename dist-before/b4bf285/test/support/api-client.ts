import { ADMIN_PASSWORD } from './stack.js';
import type { ApiPorts } from './stack.js';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; an empty object for an empty or non-JSON one. */
  readonly json: Record<string, unknown>;
  readonly text: string;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** null: no token is sent. */
  readonly token?: string | null;
  readonly timeoutMs?: number;
}

/** Plain fetch against a cloud under test, with a token of the administrator. */
export class ApiClient {
  token = '';

  constructor(readonly ports: ApiPorts) {}

  url(api: keyof ApiPorts, path: string): string {
    return `http://127.0.0.1:${this.ports[api]}${path}`;
  }

  async request(api: keyof ApiPorts, method: string, path: string, options: RequestOptions = {}): Promise<ApiAnswer> {
    const token = options.token === undefined ? this.token : options.token;
    const headers: Record<string, string> = { ...options.headers };
    if (token !== null && token !== '') headers['x-auth-token'] = token;
    const init: RequestInit = {
      method,
      headers,
      signal: AbortSignal.timeout(options.timeoutMs ?? 60_000),
      redirect: 'manual',
    };
    if (options.raw !== undefined) init.body = options.raw;
    else if (options.body !== undefined) init.body = JSON.stringify(options.body);
    if (init.body !== undefined) headers['content-type'] ??= 'application/json';
    const response = await fetch(this.url(api, path), init);
    const text = await response.text();
    let json: Record<string, unknown> = {};
    if (response.headers.get('content-type')?.includes('json') === true && text !== '') {
      json = JSON.parse(text) as Record<string, unknown>;
    }
    return { status: response.status, headers: response.headers, json, text };
  }

  /** Takes a token for the administrator's project and keeps it. */
  async login(): Promise<void> {
    const answer = await this.request('identity', 'POST', '/v3/auth/tokens', {
      token: null,
      body: {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: 'admin', domain: { id: 'default' }, password: ADMIN_PASSWORD } },
          },
          scope: { project: { name: 'admin', domain: { id: 'default' } } },
        },
      },
    });
    const token = answer.headers.get('x-subject-token');
    if (answer.status !== 201 || token === null) throw new Error(`login: ${answer.status} ${answer.text}`);
    this.token = token;
  }

  /** A request that must succeed; answers the JSON. */
  async expect(
    status: number,
    api: keyof ApiPorts,
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Record<string, unknown>> {
    const answer = await this.request(api, method, path, options);
    if (answer.status !== status) {
      throw new Error(`${method} ${api} ${path}: expected ${status}, got ${answer.status} ${answer.text}`);
    }
    return answer.json;
  }
}

/** Asks again until `look` answers something; the deadline's error shows the last answer. */
export async function until<T>(look: () => Promise<T | undefined>, what: string, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
