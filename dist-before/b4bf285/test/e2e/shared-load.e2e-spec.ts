import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { ApiClient, until } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';

/** The process and all its descendants. */
function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const below = children === '' ? [] : children.split(' ').map(Number);
  return [pid, ...below.flatMap((child) => processTree(child))];
}

/** Remote ports of the TCP connections that a process holds. */
function remotePorts(pid: number): Set<number> {
  const inodes = new Set<string>();
  for (const entry of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${entry}`));
      if (match?.[1] !== undefined) inodes.add(match[1]);
    } catch {
      // closed meanwhile
    }
  }
  const ports = new Set<number>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const remote = columns[2]?.split(':')[1];
      if (remote !== undefined && inodes.has(columns[9] ?? '')) ports.add(Number.parseInt(remote, 16));
    }
  }
  return ports;
}

describe('two gateways and three workers', () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair({ gateways: 2, workers: 3 });
  });
  after(() => pair?.stop());

  it('share the load of builds, whichever gateway is asked', { timeout: 120_000 }, async () => {
    const clouds = await Promise.all(
      pair.gatewayPorts.map(async (ports) => {
        const api = new ApiClient(ports);
        await api.login();
        return new Cloud(api);
      }),
    );
    const [first, second] = clouds;
    assert.ok(first !== undefined && second !== undefined);
    const network = await first.createNetwork('n', '10.3.0.0/24');
    const image = await second.imageId();
    await first.api.expect(200, 'osapi_compute', 'GET', '/v2.1/limits');
    const ids = await Promise.all(
      Array.from({ length: 9 }, (_, n) => (n % 2 === 0 ? first : second).createServer(`vm-${n}`, network, image)),
    );
    for (const [n, id] of ids.entries()) await (n % 2 === 0 ? second : first).untilStatus(id, 'ACTIVE');
    assert.equal((await second.ports()).length, 9);
  });

  it('no gateway process holds a database connection', () => {
    const databasePort = Number(new URL(pair.databaseUrl).port);
    const brokerPort = Number(new URL(pair.brokerUrl).port);
    for (const [name, program] of pair.programs) {
      const ports = processTree(program.pid).flatMap((pid) => [...remotePorts(pid)]);
      assert.ok(ports.includes(brokerPort), `${name} is connected to the broker`);
      assert.equal(ports.includes(databasePort), name.startsWith('worker'), `${name} and the database`);
    }
  });

  it('a token that is revoked at one gateway ends at the other', async () => {
    const [first, second] = pair.gatewayPorts.map((ports) => new ApiClient(ports));
    assert.ok(first !== undefined && second !== undefined);
    await Promise.all([first.login(), second.login()]);
    const { token } = first;
    await second.expect(200, 'osapi_compute', 'GET', '/v2.1/limits', { token });
    await first.expect(204, 'identity', 'DELETE', '/v3/auth/tokens', { headers: { 'x-subject-token': token } });
    const status = async (): Promise<number> =>
      (await second.request('osapi_compute', 'GET', '/v2.1/limits', { token })).status;
    await until(async () => ((await status()) === 401 ? true : undefined), 'the token ends at the other gateway');
  });

  it('a gateway that is killed and started again has lost nothing', async () => {
    await pair.programs.get('gateway-0')?.kill();
    await pair.startGateway(0);
    const api = new ApiClient(pair.ports);
    await api.login();
    const list = await api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers');
    assert.equal((list['servers'] as unknown[]).length, 9);
  });
});
