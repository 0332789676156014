import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { Fault } from '../errors/fault.js';
import { listenOnLoopback } from '../testing/raw-client.js';
import { KeystoneClient } from './keystone-client.js';

const TOKEN = {
  token: {
    user: { id: 'u', name: 'albireo', domain: { id: 'default', name: 'Default' } },
    issued_at: '2026-01-01T00:00:00.000000Z',
    expires_at: '2199-01-01T00:00:00.000000Z',
  },
};

describe('KeystoneClient', () => {
  let server: Server | undefined;
  let client: KeystoneClient | undefined;
  let asked: string[] = [];
  afterEach(() => {
    client?.close();
    server?.closeAllConnections();
    server?.close();
    asked = [];
  });

  type Answer = (request: IncomingMessage, response: ServerResponse) => void;
  const logInFirst =
    (answer: Answer): Answer =>
    (request, response) => {
      if (request.method !== 'POST') return answer(request, response);
      response.writeHead(201, { 'x-subject-token': 'own' }).end(JSON.stringify(TOKEN));
    };

  async function keystone(answer: Answer, patienceMs?: number, retries = 3): Promise<KeystoneClient> {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answer(request, response);
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(server)}/v3`;
    const settings = { url, auth: {}, timeoutMs: 20_000, retries, tls: { rejectUnauthorized: true } };
    client = new KeystoneClient(settings, patienceMs === undefined ? undefined : () => patienceMs);
    return client;
  }

  const isUnavailable = (error: unknown): boolean => error instanceof Fault && error.status === 503;

  it('a Keystone that hangs costs no more than the request has, whatever the retries', async () => {
    const asks = await keystone(() => undefined, 200);
    await assert.rejects(asks.validate('t', false), isUnavailable);
    // On a slow machine not even the first has arrived.
    assert.ok(asked.length <= 1, String(asked.length));
  });

  it('asks again after a 500 and a broken connection', async () => {
    let turn = 0;
    const asks = await keystone(
      logInFirst((request, response) => {
        turn += 1;
        if (turn === 1) response.writeHead(500).end('{}');
        else if (turn === 2) request.socket.destroy();
        else response.writeHead(200).end(JSON.stringify(TOKEN));
      }),
    );
    assert.equal((await asks.validate('t', false))?.user.name, 'albireo');
    assert.equal(turn, 3);
  });

  it('an answer that is no token, or none at all, is not called a bad token', async () => {
    const asks = await keystone(
      logInFirst((_request, response) => response.writeHead(418).end('')),
      undefined,
      0,
    );
    await assert.rejects(asks.validate('t', false), isUnavailable);
  });

  it('logs in once for many, and anew when its token is not taken any more', async () => {
    let isOld = true;
    const asks = await keystone(
      logInFirst((_request, response) => {
        response.writeHead(isOld ? 401 : 404).end('{}');
        isOld = false;
      }),
    );
    assert.equal(await asks.validate('t', true), undefined);
    assert.deepEqual(asked, [
      'POST /v3/auth/tokens?nocatalog',
      'GET /v3/auth/tokens?nocatalog&allow_expired=1',
      'POST /v3/auth/tokens?nocatalog',
      'GET /v3/auth/tokens?nocatalog&allow_expired=1',
    ]);
    asked = [];
    await Promise.all(Array.from({ length: 10 }, (_, at) => asks.validate(String(at), false)));
    assert.equal(asked.filter((line) => line.startsWith('POST')).length, 0);
  });
});
