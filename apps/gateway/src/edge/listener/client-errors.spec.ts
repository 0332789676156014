import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { WsgiOptions } from '#libs/options';
import { computeApi } from '../../compute/compute.api.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { testEdge, withOptions } from '../testing/test-edge.js';

describe('what is no request', () => {
  let app: ApiApplication;
  let port = 0;
  before(async () => {
    app = await createApiApplication(computeApi, testEdge({}, withOptions(WsgiOptions, { maxUrlLen: 300 })));
    app.server.listen(0, '127.0.0.1');
    await once(app.server, 'listening');
    const address = app.server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(() => app.close());

  /** Sends texts, each after the first bytes of the previous response; returns everything received. */
  async function send(...texts: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    const closed = once(socket, 'close');
    for (const [index, text] of texts.entries()) {
      socket.write(text);
      if (index < texts.length - 1) await once(socket, 'data');
    }
    await closed;
    return answer;
  }

  it('gets the API’s own form, a request id and a closed connection', async () => {
    for (const [text, status] of [
      ['GARBAGE\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ] as const) {
      const answer = await send(text);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(answer, /x-openstack-request-id: req-/);
      assert.match(answer, /"code":4/);
    }
  });

  it('is answered after good requests on the same connection too', async () => {
    const answer = await send('GET / HTTP/1.1\r\nhost: a\r\n\r\n', 'GARBAGE\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 200 OK[^]*HTTP\/1.1 400 /);
  });

  it('is a URL that is too long', async () => {
    const answer = await app.fastify.inject({ url: `/v2.1/servers?name=${'x'.repeat(300)}` });
    assert.equal(answer.statusCode, 414);
    assert.match(String(answer.headers['x-openstack-request-id']), /^req-/);
  });
});
