import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ApiOptions, WsgiOptions } from '#libs/options';
import { computeApi } from '../../compute/compute.api.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { listenOnLoopback, sendRaw, statusesIn } from '../testing/raw-client.js';
import { testEdge, testOptions, withOptions } from '../testing/test-edge.js';
import { serverOptions } from './server-options.js';

describe('slow clients', () => {
  let app: ApiApplication;
  let port = 0;
  before(async () => {
    app = await createApiApplication(computeApi, testEdge({}, withOptions(WsgiOptions, { clientSocketTimeout: 0.3 })));
    port = await listenOnLoopback(app.server);
  });
  after(() => app.close());

  const slow: Readonly<Record<string, string>> = {
    'that send nothing': '',
    'that never end the headers': 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ',
    'that never end a body': 'POST /v2.1/servers HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nX-Auth-Token: t\r\n\r\n{',
    'that never end the chunks': 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{',
  };
  for (const [name, bytes] of Object.entries(slow)) {
    it(`${name} lose their connection`, async () => {
      const text = await sendRaw(port, bytes);
      // If a response was already sent (no token), there is no second one.
      assert.ok(statusesIn(text).length <= 1, text);
      if (!bytes.startsWith('POST')) assert.deepEqual(statusesIn(text), [408]);
    });
  }

  it('that send a byte from time to time gain nothing', async () => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-A: ');
    const drip = setInterval(() => socket.write('a'), 50);
    await once(socket, 'close');
    clearInterval(drip);
    assert.deepEqual(statusesIn(text), [408]);
  });

  it('that ask nothing more lose their connection too', async () => {
    const text = await sendRaw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.deepEqual(statusesIn(text), [200]);
  });

  it('have bounds by default, whatever client_socket_timeout allows', () => {
    const options = testOptions();
    const [api, wsgi] = [options.get(ApiOptions), options.get(WsgiOptions)];
    const { keepAlive, maxHeaderLine, clientSocketTimeout } = wsgi;
    const times = { keepAlive, maxHeaderLine, clientSocketTimeout };
    const bounds = serverOptions(api, times, undefined);
    const http = { maxHeaderSize: 16_384, headersTimeout: 30_000, connectionsCheckingInterval: 1000 };
    assert.deepEqual(bounds, {
      requestTimeout: 55_000,
      keepAliveTimeout: 72_000,
      connectionTimeout: 900_000,
      maxRequestsPerSocket: 0,
      http: { ...http, requireHostHeader: false },
    });
    const patient = serverOptions(api, { ...times, clientSocketTimeout: 0 }, undefined);
    assert.deepEqual(patient, { ...bounds, connectionTimeout: 0 });
  });
});

describe('keep_alive = false', () => {
  it('ends each connection after one answer, and says so', async () => {
    const app = await createApiApplication(computeApi, testEdge({}, withOptions(WsgiOptions, { keepAlive: false })));
    try {
      const port = await listenOnLoopback(app.server);
      const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
      const text = await sendRaw(port, request);
      assert.deepEqual(statusesIn(text), [200]);
      assert.match(text, /connection: close/i);
    } finally {
      await app.close();
    }
  });
});
