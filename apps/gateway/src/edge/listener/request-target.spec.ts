import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { computeApi } from '../../compute/compute.api.js';
import { networkApi } from '../../network/network.api.js';
import { createApiApplication } from '../application.js';
import type { ApiApplication } from '../application.js';
import { listenOnLoopback, sendRaw, statusesIn } from '../testing/raw-client.js';
import { testClaims, testEdge } from '../testing/test-edge.js';

describe('the spelling of a path', () => {
  const edge = testEdge();
  const apps: ApiApplication[] = [];
  let compute = 0;
  let network = 0;
  let token = '';
  before(async () => {
    for (const api of [computeApi, networkApi]) apps.push(await createApiApplication(api, edge));
    [compute = 0, network = 0] = await Promise.all(apps.map((app) => listenOnLoopback(app.server)));
    token = await edge.codec.sign(testClaims(['admin']));
  });
  after(() => Promise.all(apps.map((app) => app.close())));

  const send = (port: number, target: string, more = '', host = 'cloud:1'): Promise<string> =>
    sendRaw(port, `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more}\r\n`);
  const status = async (port: number, target: string, more = '', host?: string): Promise<number> =>
    statusesIn(await send(port, target, more, host))[0] ?? 0;

  it('skips no authentication: /%762.1/limits without a token is 401, as /v2.1/limits is', async () => {
    for (const target of [
      '/v2.1/extensions',
      '/%762.1/extensions',
      '/v2%2e1/%65xtensions',
      '//v2.1//extensions',
      'http://x/v2.1/extensions',
      'HTTP://x:8774//%762.1/extensions?a=b',
    ]) {
      assert.equal(await status(compute, target), 401, target);
      assert.equal(await status(compute, target, `x-auth-token: ${token}\r\n`), 200, target);
    }
    for (const target of ['/%762.0', '/v2.0/%65xtensions', 'http://x/v2.0'])
      assert.equal(await status(network, target), 401);
  });

  it('leads nowhere where it means something else', async () => {
    for (const target of [
      '/V2.1/extensions',
      '/v2.1%2fextensions',
      '/%2576/extensions',
      '/v2.1;a/extensions',
      '\\v2.1',
    ]) {
      const refused = target.startsWith('/') ? 300 : 400;
      assert.equal(await status(compute, target, `x-auth-token: ${token}\r\n`), refused, target);
    }
    for (const target of ['/v2.1/extensions%00', '/v2.1/extensions;a', '/v2.1/../extensions']) {
      assert.equal(await status(compute, target, `x-auth-token: ${token}\r\n`), 404, target);
    }
  });

  it('is refused where it is no request target', async () => {
    for (const target of [
      '/v2.0#',
      '/#/v2.0',
      '*',
      'cloud:443',
      'file://x/v2.0',
      'v2.0',
      'http:/v2.0',
      '/v2.0/%zz',
      '/%%37%362.0',
      '/%ff',
    ]) {
      assert.equal(await status(network, target), 400, target);
    }
    assert.match(await send(network, '*'), /x-openstack-request-id: req-/);
  });

  it('takes the host of an absolute form in place of the header, and both must be good', async () => {
    const answer = await send(network, 'http://other:9696?a=b');
    assert.match(answer, /"href":"http:\/\/other:9696\/v2.0\/"/);
    assert.equal(await status(network, 'http://user:secret@other/'), 400);
    assert.equal(await status(network, 'http:///v2.0'), 400);
    assert.equal(await status(network, 'http://other#/'), 400);
    assert.equal(await status(network, 'http://other/', '', 'a b'), 400);
    assert.deepEqual(statusesIn(await sendRaw(network, 'GET http://o/ HTTP/1.1\r\nconnection: close\r\n\r\n')), [400]);
    assert.match(await sendRaw(network, 'GET http://o/ HTTP/1.0\r\n\r\n'), /"href":"http:\/\/o\/v2.0\/"/);
  });
});
