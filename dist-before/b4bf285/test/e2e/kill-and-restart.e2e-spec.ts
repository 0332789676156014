import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { runProgram } from '#testing/program';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

async function login(stack: Stack): Promise<Cloud> {
  const api = new ApiClient(stack.ports);
  await api.login();
  return new Cloud(api);
}

describe('albireo-server on its embedded database', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'albireo-e2e-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('has kept every accepted server after kill -9 in the middle of writes', { timeout: 240_000 }, async () => {
    const first = await startEmbedded({ directory });
    const cloud = await login(first);
    const network = await cloud.createNetwork('kept', '10.4.0.0/24');
    const image = await cloud.imageId();
    const accepted: string[] = [];
    const creating = Array.from({ length: 8 }, async (_, n) => {
      accepted.push(await cloud.createServer(`kept-${n}`, network, image));
      if (accepted.length === 4) killEverything(first);
    });
    await Promise.allSettled(creating);
    await first.programs.get('server')?.ended;
    assert.ok(accepted.length >= 4);

    const second = await startEmbedded({ directory });
    try {
      const again = await login(second);
      for (const id of accepted) await again.untilStatus(id, 'ACTIVE');
      const ports = await again.ports();
      const list = await again.api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers');
      const servers = list['servers'] as { id: string }[];
      for (const { id } of servers) await again.untilStatus(id, 'ACTIVE');
      for (const { id } of servers) {
        const own = (await again.ports(`?device_id=${id}`)).length;
        assert.equal(own, 1, `ports of ${id}`);
      }
      assert.ok(ports.length <= servers.length);
    } finally {
      await second.stop();
    }
  });

  it('refuses a second process on the same directory', { timeout: 120_000 }, async () => {
    const stack = await startEmbedded({ directory });
    try {
      const env = { OS_DEFAULT__STATE_PATH: join(directory, 'state') };
      const { code, output } = await runProgram('albireo-manage', { args: ['db', 'version'], env });
      assert.equal(code, 1);
      assert.match(output, /database/);
      assert.doesNotMatch(output, /\n\s+at /, 'one line, no stack');
    } finally {
      await stack.stop();
    }
  });

  it('ends with 0 on SIGTERM', { timeout: 120_000 }, async () => {
    const stack = await startEmbedded({ directory });
    assert.equal(await stack.programs.get('server')?.stop(), 0);
  });
});

/** SIGKILL to the launcher and its worker at once, as a power cut would end them. */
function killEverything(stack: Stack): void {
  const server = stack.programs.get('server');
  if (server === undefined) return;
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim();
  server.signal('SIGKILL');
  for (const child of children.split(' ').filter((pid) => pid !== '')) process.kill(Number(child), 'SIGKILL');
}
