import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Network, declarationOf } from '#libs/contracts';
import type { NetworkData } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { PolicyGate } from '../../edge/policy/policy-gate.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { networkApi } from '../network.api.js';

describe('the tags of a network', () => {
  const denied = new Set<string>();
  const found = { id: 'n1', project_id: 'p1', tags: ['red'] };
  const edge = testEdge({
    // Only the fields that the policy and the tags need.
    network: { network_get: () => declarationOf(Network).object.wrap(found as unknown as NetworkData) },
  });
  const policy = new PolicyGate({ check: (rule) => !denied.has(rule) });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(networkApi, Object.assign(edge, { policy }));
    token = await edge.codec.sign(testClaims());
  });
  after(() => app.close());

  const get = (path: string) =>
    app.fastify.inject({ url: `/v2.0/networks/n1${path}`, headers: { 'x-auth-token': token } });

  it('are not shown to a caller whom their rule refuses, in the network and by their own addresses', async () => {
    assert.deepEqual((await get('/tags')).json(), { tags: ['red'] });
    assert.equal((await get('/tags/red')).statusCode, 204);
    denied.add('get_network:tags');
    assert.equal('tags' in (await get('')).json().network, false);
    for (const path of ['/tags', '/tags/red', '/tags/blue']) assert.equal((await get(path)).statusCode, 403, path);
  });
});
