import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

describe('two pairs with control exchanges of their own on one vhost', () => {
  const pairs: Pair[] = [];
  before(async () => {
    const first = await startPair();
    pairs.push(first);
    pairs.push(await startPair({ brokerUrl: first.brokerUrl, env: { OS_DEFAULT__CONTROL_EXCHANGE: 'second' } }));
  });
  after(async () => {
    for (const pair of pairs.toReversed()) await pair.stop();
  });

  it('calls, casts and fanouts of one never reach the other', async () => {
    const clouds = await Promise.all(
      pairs.map(async (pair) => {
        const api = new ApiClient(pair.ports);
        await api.login();
        return new Cloud(api);
      }),
    );
    const built = await Promise.all(
      clouds.map(async (cloud, index) => {
        const network = await cloud.createNetwork(`of-${index}`, '10.2.0.0/24');
        const image = await cloud.imageId();
        const ids = await Promise.all(
          Array.from({ length: 10 }, (_, n) => cloud.createServer(`pair-${index}-${n}`, network, image)),
        );
        for (const id of ids) await cloud.untilStatus(id, 'ACTIVE');
        return ids;
      }),
    );
    for (const [index, cloud] of clouds.entries()) {
      const list = await cloud.api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers');
      const names = (list['servers'] as { id: string }[]).map((server) => server.id);
      assert.deepEqual(names.toSorted(), built[index]?.toSorted());
    }
    // A token revoked in the first is told to the first's gateways only; the second's stays good.
    const [first, second] = clouds;
    assert.ok(first !== undefined && second !== undefined);
    const headers = { 'x-subject-token': first.api.token };
    await first.api.expect(204, 'identity', 'DELETE', '/v3/auth/tokens', { headers });
    await second.api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers');
  });
});
