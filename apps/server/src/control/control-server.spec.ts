import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createControlServer } from './control-server.js';
import { ControlError } from './control.errors.js';

const token = 't'.repeat(20);
const server = createControlServer(
  [
    { method: 'GET', pattern: '/things/:name', run: async ({ parameters }) => ({ name: parameters['name'] }) },
    { method: 'POST', pattern: '/things', run: async ({ body }) => ({ body }) },
    { method: 'DELETE', pattern: '/things/:name', run: async () => undefined },
    {
      method: 'GET',
      pattern: '/broken',
      run: () => Promise.reject(new ControlError(400, 'two faults', [{ file: 'a', line: 3, message: 'no' }])),
    },
    { method: 'GET', pattern: '/bug', run: () => Promise.reject(new Error('inner detail')) },
  ],
  token,
);

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

describe('the control port', () => {
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  it('answers nobody without its token, whatever is asked', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Basic ${token}`]) {
      assert.equal((await ask('GET', '/things/a', { authorization })).status, 401);
      assert.equal((await ask('GET', '/nowhere', { authorization })).status, 401);
    }
  });

  it('finds routes by method and path, and says what it knows', async () => {
    assert.deepEqual(await ask('GET', '/things/a%20b'), { status: 200, text: '{"name":"a b"}\n' });
    assert.deepEqual(await ask('DELETE', '/things/a'), { status: 204, text: '' });
    const unknown = await ask('GET', '/nowhere');
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /\/v1\/things\/:name/);
    assert.equal((await ask('PUT', '/things/a')).status, 405);
  });

  it('refuses a body that is no JSON or too large', async () => {
    assert.equal((await ask('POST', '/things', {}, '{"a":')).status, 400);
    assert.equal((await ask('POST', '/things', {}, 'x'.repeat(5 * 1024 * 1024))).status, 413);
    assert.equal((await ask('POST', '/things', {}, '[1]')).text, '{"body":[1]}\n');
  });

  it('tells all faults of a request, and nothing of what fails inside', async () => {
    const told = await ask('GET', '/broken');
    assert.equal(told.status, 400);
    assert.deepEqual(JSON.parse(told.text), {
      error: { message: 'two faults', faults: [{ file: 'a', line: 3, message: 'no' }] },
    });
    const bug = await ask('GET', '/bug');
    assert.equal(bug.status, 500);
    assert.doesNotMatch(bug.text, /inner detail/);
  });
});
