import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CorsOptions, MiddlewareOptions, WsgiOptions } from '#libs/options';
import { computeApi } from '../../compute/compute.api.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { testEdge, withOptions } from '../testing/test-edge.js';

describe('the filters before an API', () => {
  const options = [
    withOptions(CorsOptions, { allowedOrigin: ['https://good.example'], allowHeaders: ['X-Auth-Token'] }),
    withOptions(MiddlewareOptions, { enableProxyHeadersParsing: true }),
  ];
  let app: ApiApplication;
  before(async () => {
    app = await createApiApplication(computeApi, testEdge({}, ...options), {
      mounts: [
        { prefix: '/healthcheck', filters: ['healthcheck'] },
        { prefix: '/', filters: ['cors', 'http_proxy_to_wsgi', 'request_id'] },
        { prefix: '/v2.1', more: true, filters: ['cors', 'request_id', 'noauth2'] },
      ],
    });
  });
  after(() => app.close());
  const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'OPTIONS' | 'HEAD' = 'GET') =>
    app.fastify.inject({ method, url, headers: { host: 'inner:8774', ...headers } });

  it('cors answers preflights of allowed origins, and leaves others alone', async () => {
    const asked = { origin: 'https://good.example', 'access-control-request-method': 'POST' };
    const preflight = await get('/v2.1/servers', asked, 'OPTIONS');
    assert.equal(preflight.statusCode, 200);
    assert.equal(preflight.headers['access-control-allow-origin'], 'https://good.example');
    assert.match(String(preflight.headers['access-control-allow-methods']), /POST/);
    const other = await get('/', { origin: 'https://bad.example' });
    assert.equal('access-control-allow-origin' in other.headers, false);
    assert.equal(other.statusCode, 200);
  });

  it('http_proxy_to_wsgi makes links of what the proxy saw, and takes no nonsense', async () => {
    const seen = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.example, x',
      'x-forwarded-prefix': '/compute/',
    };
    const link = async (headers: Record<string, string>): Promise<unknown> =>
      (await get('/', headers)).json().versions[1].links[0].href;
    assert.equal(await link(seen), 'https://api.example/compute/v2.1/');
    assert.equal(await link({ forwarded: 'for=1.2.3.4;proto=https;host="f.example"' }), 'https://f.example/v2.1/');
    const nonsense = {
      'x-forwarded-proto': 'javascript',
      'x-forwarded-host': 'a b<c>',
      'x-forwarded-prefix': '//evil',
    };
    assert.equal(await link(nonsense), 'http://inner:8774/v2.1/');
  });

  it('secure_proxy_ssl_header tells the scheme, and nothing else', async () => {
    const other = await createApiApplication(
      computeApi,
      testEdge({}, withOptions(WsgiOptions, { secureProxySslHeader: 'HTTP_X_SCHEME' })),
    );
    const link = async (scheme: string): Promise<unknown> =>
      (await other.fastify.inject({ url: '/', headers: { host: 'a', 'x-scheme': scheme } })).json().versions[1].links[0]
        .href;
    assert.equal(await link('https'), 'https://a/v2.1/');
    assert.equal(await link('javascript'), 'http://a/v2.1/');
    await other.close();
  });

  it('request_id is new for each request, whatever the client sends', async () => {
    const sent = 'req-00000000-0000-4000-8000-000000000000';
    const first = (await get('/', { 'x-openstack-request-id': sent })).headers['x-openstack-request-id'];
    assert.notEqual(first, sent);
    assert.notEqual(first, (await get('/')).headers['x-openstack-request-id']);
  });

  it('noauth2 makes everybody an administrator of the project in the token', async () => {
    const answer = await get('/v2.1/extensions', { 'x-auth-token': 'me:mine' });
    assert.equal(answer.statusCode, 200);
  });

  it('healthcheck answers its path by Accept and method', async () => {
    assert.equal((await get('/healthcheck')).body, 'OK');
    assert.deepEqual((await get('/healthcheck', { accept: 'application/json' })).json(), {
      detailed: false,
      reasons: ['OK'],
    });
    assert.equal((await get('/healthcheck', {}, 'HEAD')).statusCode, 204);
  });

  it('cors adds to what the answer varies by', async () => {
    const answer = await get('/', { origin: 'https://good.example' });
    assert.match(String(answer.headers['vary']), /OpenStack-API-Version, .*, Origin$/);
  });

  it('a filter that does not exist stops the start', async () => {
    const broken = createApiApplication(computeApi, testEdge(), { mounts: [{ prefix: '/', filters: ['nonsense'] }] });
    await assert.rejects(broken, /found "nonsense"/);
  });
});
