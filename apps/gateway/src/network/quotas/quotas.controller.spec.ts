import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, NetworkQuota } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { networkApi } from '../network.api.js';

const amounts = {
  network: { limit: 100, used: 1 },
  subnet: { limit: -1, used: 2 },
  port: { limit: 500, used: 3 },
  router: { limit: 10, used: 4 },
  floatingip: { limit: 50, used: 5 },
};

describe('/v2.0/quotas', () => {
  let updated: object | undefined;
  const edge = testEdge({
    network: {
      quota_get: ({ project_id: project }) => {
        if (project !== 'p1') throw new ExpectedError('PolicyNotAuthorized', 'Only admin is authorized');
        return NetworkQuota.wrap(amounts);
      },
      quota_defaults: () => NetworkQuota.wrap({ network: { limit: 99, used: 0 } }),
      quota_list: () => [{ project_id: 'p1', limits: { network: 1 } }],
      quota_update: (args) => {
        updated = args;
        return NetworkQuota.wrap(amounts);
      },
      quota_delete: () => null,
    },
  });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(networkApi, edge);
    token = await edge.codec.sign(testClaims());
  });
  after(() => app.close());

  const ask = (path: string, method: 'GET' | 'PUT' | 'DELETE' = 'GET', payload?: object) =>
    app.fastify.inject({
      method,
      url: `/v2.0/quotas${path}`,
      headers: { 'x-auth-token': token },
      ...(payload === undefined ? {} : { payload }),
    });

  it('tells the limits of a project, their defaults and their use', async () => {
    const limits = { quota: { network: 100, subnet: -1, port: 500, router: 10, floatingip: 50 } };
    assert.deepEqual((await ask('/p1')).json(), limits);
    assert.deepEqual((await ask('/p1/default')).json(), { quota: { network: 99 } });
    assert.deepEqual((await ask('/p1/details')).json().quota.port, { limit: 500, used: 3, reserved: 0 });
    assert.deepEqual((await ask('/p1.json')).json(), limits);
    assert.deepEqual((await ask('/p1/details.json')).json().quota.port, { limit: 500, used: 3, reserved: 0 });
  });

  it('lists projects with limits of their own, and tells whose token it was', async () => {
    assert.deepEqual((await ask('')).json(), { quotas: [{ network: 1, project_id: 'p1', tenant_id: 'p1' }] });
    assert.equal((await ask('/project')).json().project.project_id, testClaims().project?.id);
    assert.equal((await ask('/tenant')).json().tenant.project_id, testClaims().project?.id);
  });

  it("refuses another project's", async () => {
    assert.equal((await ask('/p2')).statusCode, 403);
  });

  it('changes limits, and takes them back', async () => {
    const put = (quota: unknown) => ask('/p1', 'PUT', { quota });
    assert.equal((await put({ network: '7', check_limit: 'True' })).statusCode, 200);
    assert.deepEqual(updated, { project_id: 'p1', limits: { network: 7 }, force: false });
    await put({ port: -1, force: true });
    assert.deepEqual(updated, { project_id: 'p1', limits: { port: -1 }, force: true });
    for (const wrong of [{ network: 'x' }, { network: -2 }, { network: 2 ** 31 }, { colour: 1 }, [], null]) {
      assert.equal((await put(wrong)).statusCode, 400, JSON.stringify(wrong));
    }
    assert.equal((await ask('/p1', 'DELETE')).statusCode, 204);
  });

  it('has nothing for what is no id', async () => {
    for (const id of ['p'.repeat(256), 'a%00b']) assert.equal((await ask(`/${id}`)).statusCode, 404);
  });
});
