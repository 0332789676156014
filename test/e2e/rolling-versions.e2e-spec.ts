import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { compiled, runProgram } from '#testing/program';
import { startPair } from '#testing/stack';
import type { Pair, ProgramExtras } from '#testing/stack';

/** Speaks the contracts of the release before. */
const OLD: ProgramExtras = { nodeArgs: ['--import', compiled('test/support/older-contracts.js')] };

const READS = [
  ['identity', '/v3/users'],
  ['identity', '/v3/projects'],
  ['identity', '/v3/roles'],
  ['identity', '/v3/role_assignments?effective'],
  ['identity', '/v3/auth/catalog'],
  ['osapi_compute', '/v2.1/flavors/detail'],
  ['osapi_compute', '/v2.1/servers/detail'],
  ['osapi_compute', '/v2.1/os-hypervisors'],
  ['osapi_compute', '/v2.1/os-services'],
  ['osapi_compute', '/v2.1/os-keypairs'],
  ['osapi_compute', '/v2.1/limits'],
  ['network', '/v2.0/networks'],
  ['network', '/v2.0/ports'],
  ['network', '/v2.0/subnets'],
  ['image', '/v2/images'],
] as const;

/** What a user does during an upgrade: everything that the release before could do goes on. */
async function live(pair: Pair, at: number, cidr: string): Promise<void> {
  const api = new ApiClient(pair.gatewayPorts[at] ?? pair.ports);
  await api.login();
  const cloud = new Cloud(api);
  const network = await cloud.createNetwork(`net-${cidr}`, cidr);
  const server = await cloud.createServer(`vm-${cidr}`, network, await cloud.imageId());
  await cloud.untilStatus(server, 'ACTIVE');
  const failed: string[] = [];
  for (const [name, path] of READS) {
    const { status, text } = await api.request(name, 'GET', path);
    if (status !== 200) failed.push(`${path}: ${status} ${text}`);
  }
  assert.deepEqual(failed, []);
  await api.expect(202, 'osapi_compute', 'POST', `/v2.1/servers/${server}/action`, { body: { 'os-stop': null } });
  await cloud.untilStatus(server, 'SHUTOFF');
  await api.expect(204, 'osapi_compute', 'DELETE', `/v2.1/servers/${server}`);
}

describe('a rolling upgrade from the version before', { timeout: 300_000 }, () => {
  it('works with the gateways first, and tells of what only newer workers know', async () => {
    const pair = await startPair({ worker: () => OLD });
    try {
      await live(pair, 0, '10.1.0.0/24');
      const api = new ApiClient(pair.ports);
      await api.login();
      const answer = await api.request('identity', 'GET', '/v3/groups');
      assert.equal(answer.status, 503, answer.text);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
    } finally {
      await pair.stop();
    }
  });

  it('works with the workers first', async () => {
    const pair = await startPair({ gateway: () => OLD });
    try {
      await live(pair, 0, '10.1.0.0/24');
    } finally {
      await pair.stop();
    }
  });

  it('goes back: servers that a newer worker has begun are built by the older one beside it', async () => {
    const pair = await startPair({ worker: (index) => (index === 0 ? {} : OLD) });
    try {
      const api = new ApiClient(pair.ports);
      await api.login();
      const cloud = new Cloud(api);
      const network = await cloud.createNetwork('net', '10.1.0.0/24');
      const image = await cloud.imageId();
      // From now on the newer one knows what all workers speak; what joins is not looked for at once.
      await cloud.untilStatus(await cloud.createServer('before', network, image), 'ACTIVE');
      await pair.startWorker(1);
      const servers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => cloud.createServer(`vm-${index}`, network, image)),
      );
      for (const server of servers) await cloud.untilStatus(server, 'ACTIVE');
      const parked = await runProgram('albireo-manage', { args: ['rpc', 'parked', 'list'], env: pair.env });
      assert.doesNotMatch(parked.output, /UnsupportedVersion|does not support RPC version/);
      assert.equal(parked.code, 0, parked.output);
    } finally {
      await pair.stop();
    }
  });
});
