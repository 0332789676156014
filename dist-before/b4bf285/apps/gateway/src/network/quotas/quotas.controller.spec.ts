import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, NetworkQuota } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { networkApi } from '../network.api.js';

describe('/v2.0/quotas', () => {
  const edge = testEdge({
    network: {
      quota_get: ({ project_id: project }) => {
        if (project !== 'p1') throw new ExpectedError('PolicyNotAuthorized', 'Only admin is authorized');
        return NetworkQuota.wrap({
          network: { limit: 100, used: 1 },
          subnet: { limit: -1, used: 2 },
          port: { limit: 500, used: 3 },
        });
      },
    },
  });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(networkApi, edge);
    token = await edge.codec.sign(testClaims());
  });
  after(() => app.close());

  const ask = (path: string, method: 'GET' | 'PUT' = 'GET') =>
    app.fastify.inject({ method, url: `/v2.0/quotas${path}`, headers: { 'x-auth-token': token } });

  it('tells the limits of a project, their defaults and their use', async () => {
    const limits = { quota: { network: 100, subnet: -1, port: 500 } };
    assert.deepEqual((await ask('/p1')).json(), limits);
    assert.deepEqual((await ask('/p1/default')).json(), limits);
    assert.deepEqual((await ask('/p1/details')).json().quota.port, { limit: 500, used: 3, reserved: 0 });
  });

  it('has no project with limits of its own, and tells whose token it was', async () => {
    assert.deepEqual((await ask('')).json(), { quotas: [] });
    assert.equal((await ask('/tenant')).json().tenant.project_id, testClaims().project?.id);
  });

  it("refuses another project's, and changes", async () => {
    assert.equal((await ask('/p2')).statusCode, 403);
    assert.equal((await ask('/p1', 'PUT')).statusCode, 405);
  });
});
