import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

describe('a gateway whose workers have gone', () => {
  let pair: Pair;
  let api: ApiClient;
  before(async () => {
    pair = await startPair();
    api = new ApiClient(pair.ports);
    await api.login();
  });
  after(() => pair?.stop());

  it('answers 503 with the request id at once, and serves again when a worker is back', async () => {
    const cloud = new Cloud(api);
    const network = await cloud.createNetwork('n', '10.1.0.0/24');
    await pair.programs.get('worker-0')?.stop();

    const started = performance.now();
    const compute = await api.request('osapi_compute', 'GET', '/v2.1/servers/detail');
    const elapsedMs = performance.now() - started;
    assert.equal(compute.status, 503, compute.text);
    assert.match(compute.headers.get('x-openstack-request-id') ?? '', /^req-/);
    assert.ok(compute.headers.has('retry-after'));
    // Not a timing of the machine: the alternative is the deadline of 55 s.
    assert.ok(elapsedMs < 20_000, `answered after ${elapsedMs} ms`);
    for (const [name, path] of [
      ['network', '/v2.0/networks'],
      ['image', '/v2/images'],
    ] as const) {
      assert.equal((await api.request(name, 'GET', path)).status, 503, name);
    }

    await pair.startWorker(0);
    const networks = await api.expect(200, 'network', 'GET', `/v2.0/networks/${network}`);
    assert.ok('network' in networks);
  });
});
