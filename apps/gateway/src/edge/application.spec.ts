import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MiddlewareOptions } from '#libs/options';
import { computeApi } from '../compute/compute.api.js';
import { identityApi } from '../identity/identity.api.js';
import { createApiApplication } from './application.js';
import type { ApiApplication } from './application.js';
import { testClaims, testEdge, withOptions } from './testing/test-edge.js';

describe('an API application', () => {
  const edge = testEdge({}, withOptions(MiddlewareOptions, { maxRequestBodySize: 1000 }));
  let app: ApiApplication;
  let token = '';

  before(async () => {
    app = await createApiApplication(computeApi, edge);
    token = await edge.codec.sign(testClaims());
  });
  after(() => app.close());

  it('asks for a token, and says where to get one', async () => {
    const answer = await app.fastify.inject({ url: '/v2.1/nothing', headers: { host: 'cloud:8774' } });
    assert.equal(answer.statusCode, 401);
    assert.equal(answer.headers['www-authenticate'], 'Keystone uri="http://cloud:5000"');
    assert.match(String(answer.headers['x-openstack-request-id']), /^req-/);
    assert.deepEqual(answer.json(), {
      unauthorized: { code: 401, message: 'The request you have made requires authentication.' },
    });
  });

  it('names its own version where the Identity API asks for a token, as keystone does', async () => {
    const identity = await createApiApplication(identityApi, edge);
    try {
      const answer = await identity.fastify.inject({ url: '/v3/users', headers: { host: 'cloud:5000' } });
      assert.equal(answer.statusCode, 401);
      assert.equal(answer.headers['www-authenticate'], 'Keystone uri="http://cloud:5000/v3"');
      assert.equal(answer.headers['vary'], 'X-Auth-Token');
    } finally {
      await identity.close();
    }
  });

  it('answers an unknown route in the form of the API, with both request ids', async () => {
    const answer = await app.fastify.inject({ url: '/v2.1/nothing', headers: { 'x-auth-token': token } });
    assert.equal(answer.statusCode, 404);
    assert.equal(answer.headers['x-compute-request-id'], answer.headers['x-openstack-request-id']);
    assert.deepEqual(answer.json(), {
      itemNotFound: { code: 404, message: 'The resource could not be found.' },
    });
  });

  it('answers malformed paths with a request id', async () => {
    const answer = await app.fastify.inject({ url: '/v2.1/%zz' });
    assert.equal(answer.statusCode, 400);
    assert.match(String(answer.headers['x-openstack-request-id']), /^req-/);
  });
});
