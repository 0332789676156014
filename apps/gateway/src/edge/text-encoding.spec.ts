import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { computeApi } from '../compute/compute.api.js';
import { identityApi } from '../identity/identity.api.js';
import { imageApi } from '../image/image.api.js';
import { networkApi } from '../network/network.api.js';
import { createApiApplication } from './application.js';
import type { ApiApplication } from './application.js';
import { testClaims, testEdge } from './testing/test-edge.js';

/** A path of each API that accepts a body. */
const POSTS = [
  [networkApi, '/v2.0/networks', 'network'],
  [identityApi, '/v3/projects', 'project'],
  [computeApi, '/v2.1/os-keypairs', 'keypair'],
] as const;
const GETS = [
  [networkApi, '/v2.0/networks'],
  [identityApi, '/v3/users'],
  [computeApi, '/v2.1/servers'],
  [imageApi, '/v2/images'],
] as const;

describe('text that is no text', () => {
  const edge = testEdge();
  const apps = new Map<string, ApiApplication>();
  let token = '';
  before(async () => {
    token = await edge.codec.sign(testClaims(['admin']));
    for (const api of [networkApi, identityApi, computeApi, imageApi]) {
      apps.set(api.name, await createApiApplication(api, edge));
    }
  });
  after(() => Promise.all([...apps.values()].map((app) => app.close())));

  const post = async (api: string, url: string, payload: string | Buffer): Promise<number> => {
    const headers = { 'x-auth-token': token, 'content-type': 'application/json' };
    const answer = await apps.get(api)?.fastify.inject({ method: 'POST', url, headers, payload });
    return answer?.statusCode ?? 0;
  };
  const get = async (api: string, url: string): Promise<number> => {
    const answer = await apps.get(api)?.fastify.inject({ method: 'GET', url, headers: { 'x-auth-token': token } });
    return answer?.statusCode ?? 0;
  };

  it('in a body is 400: half a character would be stored as U+FFFD', async () => {
    for (const [api, url, key] of POSTS) {
      const body = (name: string): string => `{"${key}":{"name":"${name}"}}`;
      for (const half of [
        String.raw`\ud800`,
        String.raw`\uDC00x`,
        String.raw`\udc00\ud800`,
        String.raw`\ud800\\udc00`,
      ]) {
        assert.equal(await post(api.name, url, body(half)), 400, half);
        assert.equal(await post(api.name, url, `{"${key}":{"${half}":"x"}}`), 400, half);
      }
      for (const bytes of ['ff', 'eda080', 'c080', 'f4908080', 'e282']) {
        const [before = '', behind = ''] = body('|').split('|');
        const payload = Buffer.concat([Buffer.from(before), Buffer.from(bytes, 'hex'), Buffer.from(behind)]);
        assert.equal(await post(api.name, url, payload), 400, bytes);
      }
      // Valid characters reach the worker, which these applications do not have, or the name's own rule.
      const taken = api === computeApi ? 400 : 503;
      assert.equal(await post(api.name, url, body(String.raw`\ud83d\ude00`)), taken);
      assert.equal(await post(api.name, url, body('😀é')), taken);
    }
  });

  it('in a query is 400', async () => {
    for (const [api, url] of GETS) {
      for (const value of ['%FF', '%ED%A0%80', 'a%c3', '%C3%A9%80']) {
        assert.equal(await get(api.name, `${url}?name=${value}`), 400, `${url} ${value}`);
      }
      for (const value of ['%C3%A9', '%', '%zz', '100%25', '%F0%9F%98%80%']) {
        assert.equal(await get(api.name, `${url}?name=${value}`), 503, `${url} ${value}`);
      }
    }
  });

  it('in a path is 400', async () => {
    for (const [api, url] of GETS) {
      const answer = await apps.get(api.name)?.fastify.inject({
        url: `${url}/%ED%A0%80`,
        headers: { 'x-auth-token': token },
      });
      assert.equal(answer?.statusCode, 400, url);
      assert.match(answer?.body ?? '', /The path is not UTF-8/);
    }
  });
});
