import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, ServerMetadata } from '#libs/contracts';
import type { ServerMetadataArgs } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { serverData } from '../../edge/testing/server-data.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { computeApi } from '../compute.api.js';

const server = serverData({ metadata: { a: '1' } });

describe('/servers/{id}/metadata', () => {
  let asked: ServerMetadataArgs | undefined;
  const edge = testEdge({
    conductor: {
      server_get: () => Server.wrap(server),
      server_metadata_change: (args) => {
        asked = args;
        return ServerMetadata.wrap({ items: { a: '1', ...args.items } });
      },
    },
  });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(computeApi, edge);
    token = await edge.codec.sign(testClaims());
  });
  after(() => app.close());

  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path = '', body?: object) =>
    app.fastify.inject({
      method,
      url: `/v2.1/servers/${server.id}/metadata${path}`,
      headers: { 'x-auth-token': token },
      ...(body === undefined ? {} : { payload: body }),
    });

  it('answers what nova answers to each request', async () => {
    const added = await ask('POST', '', { metadata: { b: '2' } });
    assert.deepEqual([added.statusCode, added.json()], [200, { metadata: { a: '1', b: '2' } }]);
    assert.equal(asked?.change, 'add');
    assert.equal((await ask('PUT', '', { metadata: {} })).statusCode, 200);
    assert.equal(asked?.change, 'replace');
    const set = await ask('PUT', '/b', { meta: { b: '2' } });
    assert.deepEqual([set.statusCode, set.json(), asked?.change], [200, { meta: { b: '2' } }, 'set']);
    const gone = await ask('DELETE', '/b');
    assert.deepEqual([gone.statusCode, gone.body, asked?.change], [204, '', 'delete']);
    assert.deepEqual(asked?.items, { b: '' });
    assert.deepEqual((await ask('GET', '/a')).json(), { meta: { a: '1' } });
    assert.equal((await ask('GET', '/nope')).statusCode, 404);
  });

  it('refuses what is no metadata', async () => {
    const bad = [
      {},
      { metadata: { a: 1 } },
      { metadata: { 'a/b': '' } },
      { metadata: { a: 'x'.repeat(256) } },
      { meta: {} },
    ];
    for (const body of bad) assert.equal((await ask('POST', '', body)).statusCode, 400, JSON.stringify(body));
    const other = await ask('PUT', '/b', { meta: { c: '2' } });
    assert.deepEqual(other.json(), { badRequest: { code: 400, message: 'Request body and URI mismatch' } });
  });
});
