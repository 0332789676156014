import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { MiddlewareOptions } from '#libs/options';
import { computeApi } from '../compute/compute.api.js';
import { identityApi } from '../identity/identity.api.js';
import { createApiApplication } from './application.js';
import type { ApiApplication } from './application.js';
import { listenOnLoopback, sendRaw, statusesIn } from './testing/raw-client.js';
import { testClaims, testEdge, withOptions } from './testing/test-edge.js';

describe('sizelimit', () => {
  const edge = testEdge({}, withOptions(MiddlewareOptions, { maxRequestBodySize: 1000 }));
  const apps: ApiApplication[] = [];
  const ports: number[] = [];
  let token = '';
  before(async () => {
    token = await edge.codec.sign(testClaims());
    for (const api of [computeApi, identityApi]) {
      const app = await createApiApplication(api, edge);
      apps.push(app);
      ports.push(await listenOnLoopback(app.server));
    }
  });
  after(() => Promise.all(apps.map((app) => app.close())));

  const head = (port: number, length: string): string => {
    const path = port === ports[0] ? '/v2.1/servers' : '/v3/auth/tokens';
    const own = `Host: x\r\nX-Auth-Token: ${token}\r\nContent-Type: application/json\r\n${length}\r\n\r\n`;
    return `POST ${path} HTTP/1.1\r\n${own}`;
  };

  it('a length over the bound is 413 before the body comes', async () => {
    for (const port of ports) {
      const text = await sendRaw(port, head(port, 'Content-Length: 1001\r\nConnection: close'));
      assert.deepEqual(statusesIn(text), [413], text);
      assert.match(text, /"code":413/);
    }
  });

  it('chunks are 413 as soon as they are too many, though more are still to come', async () => {
    for (const port of ports) {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.write(head(port, 'Transfer-Encoding: chunked'));
      const drip = setInterval(() => socket.write(`64\r\n${' '.repeat(100)}\r\n`), 5);
      await once(socket, 'data');
      clearInterval(drip);
      assert.deepEqual(statusesIn(text), [413], text);
      assert.match(text, /"code":413/);
      socket.destroy();
    }
  });

  it('a body of just the bound is read', async () => {
    const [port = 0] = ports;
    const body = `{"server":"${'x'.repeat(987)}"}`;
    assert.equal(body.length, 1000);
    const text = await sendRaw(port, head(port, 'Content-Length: 1000\r\nConnection: close') + body);
    assert.deepEqual(statusesIn(text), [400], text);
  });
});
