import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { computeApi } from '../../compute/compute.api.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { listenOnLoopback, sendRaw, statusesIn } from '../testing/raw-client.js';
import { testEdge } from '../testing/test-edge.js';

/** A second request that a proxy would have treated as a part of the first. */
const HIDDEN = 'GET /v2.1/hidden HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers: string, body: string): string =>
  `POST /v2.1/servers HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`;

const REFUSED: Readonly<Record<string, string>> = {
  'a length and chunks': post('Content-Length: 6\r\nTransfer-Encoding: chunked', `0\r\n\r\n${HIDDEN}`),
  'chunks and a length': post('Transfer-Encoding: chunked\r\nContent-Length: 6', `0\r\n\r\n${HIDDEN}`),
  'two lengths': post('Content-Length: 2\r\nContent-Length: 40', `{}${HIDDEN}`),
  'the same length twice': post('Content-Length: 2\r\nContent-Length: 2', `{}${HIDDEN}`),
  'a list of lengths': post('Content-Length: 2, 2', `{}${HIDDEN}`),
  'a length with a sign': post('Content-Length: +2', `{}${HIDDEN}`),
  'a coding after chunked': post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${HIDDEN}`),
  'two codings': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x', `0\r\n\r\n${HIDDEN}`),
  'a space before the colon': post('Transfer-Encoding : chunked', `0\r\n\r\n${HIDDEN}`),
  'a folded header': post('Transfer-Encoding:\r\n chunked', `0\r\n\r\n${HIDDEN}`),
  'another folded header': `GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n${HIDDEN}`,
  'lines that end in LF': `GET / HTTP/1.1\nHost: x\n\n${HIDDEN}`,
  'one line that ends in LF': `GET / HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n${HIDDEN}`,
  'an end of the headers in LF': `GET / HTTP/1.1\r\nHost: x\r\n\n${HIDDEN}`,
  'a CR in a header': `GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n${HIDDEN}`,
  'a NUL in a header': `GET / HTTP/1.1\r\nHost: x\r\nX-A: a\u0000b\r\n\r\n${HIDDEN}`,
  'a name with brackets': `GET / HTTP/1.1\r\nHost: x\r\nX(A): b\r\n\r\n${HIDDEN}`,
  'no name': `GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n${HIDDEN}`,
  'a version that is none': `GET / HTTP/9.9\r\nHost: x\r\n\r\n${HIDDEN}`,
  'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`,
};

/** Answered before the body is read (no token); then the connection ends, and nothing else is read from it. */
const CUT: Readonly<Record<string, string>> = {
  'an unknown coding': post('Transfer-Encoding: xchunked', HIDDEN),
  'a chunk whose size ends in LF': post('Transfer-Encoding: chunked', `2\n{}\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk larger than any number': post('Transfer-Encoding: chunked', `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with more behind it': post('Transfer-Encoding: chunked', `2 x\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with a prefix': post('Transfer-Encoding: chunked', `0x2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
};

describe('requests that two servers would read in two ways', () => {
  let app: ApiApplication;
  let port = 0;
  before(async () => {
    app = await createApiApplication(computeApi, testEdge());
    port = await listenOnLoopback(app.server);
  });
  after(() => app.close());

  for (const [name, bytes] of Object.entries(REFUSED)) {
    it(`${name}: 400, and the connection ends`, async () => {
      const text = await sendRaw(port, bytes);
      assert.deepEqual(statusesIn(text), [400], text);
      assert.match(text, /x-openstack-request-id: req-/);
      assert.match(text, /connection: close/);
    });
  }

  for (const [name, bytes] of Object.entries(CUT)) {
    it(`${name}: the connection ends after the first answer`, async () => {
      const text = await sendRaw(port, bytes);
      assert.deepEqual(statusesIn(text), [401], text);
    });
  }

  it('a body of a GET is not the next request', async () => {
    const first = `GET / HTTP/1.1\r\nHost: x\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`;
    const text = await sendRaw(port, `${first}GET /v2.1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(statusesIn(text), [200, 200], text);
    assert.match(text, /"versions":.*"version":/s);
  });

  it('a Host that is missing, there twice or no address: 400 in the form of the API', async () => {
    const hosts = [
      '',
      'Host: a\r\nHost: b\r\n',
      'Host: a b\r\n',
      'Host: "><script>\r\n',
      'Host: a:b\r\n',
      'Host: u@a\r\n',
    ];
    for (const host of hosts) {
      const text = await sendRaw(port, `GET /v2.1 HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
      assert.deepEqual(statusesIn(text), [400], text);
      assert.match(text, /"badRequest":\{"code":400,"message":"The header Host /);
      assert.match(text, /x-openstack-request-id: req-/);
    }
    for (const host of ['a', 'a.example:8774', '127.0.0.1:1', '[::1]:8774']) {
      const text = await sendRaw(port, `GET /v2.1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(text, new RegExp(`"href":"http://${host.replace(/[[\]]/g, '\\$&')}/v2.1/"`));
    }
    assert.deepEqual(statusesIn(await sendRaw(port, 'GET /v2.1 HTTP/1.0\r\n\r\n')), [200]);
  });

  it('CONNECT is 405, and an expectation that nobody knows is passed over', async () => {
    assert.deepEqual(statusesIn(await sendRaw(port, 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n')), [405]);
    const text = await sendRaw(port, 'GET /v2.1 HTTP/1.1\r\nHost: x\r\nExpect: much\r\nConnection: close\r\n\r\n');
    assert.deepEqual(statusesIn(text), [200]);
  });
});
