import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { Program } from '#testing/program';

const APIS = ['IDENTITY', 'OSAPI_COMPUTE', 'METADATA', 'IMAGE', 'NETWORK'];

it('state in memory that goes with a killed process is not lost without a word', { timeout: 120_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'albireo-loss-'));
  const ports = Object.fromEntries(APIS.map((api) => [`OS_DEFAULT__${api}_LISTEN_PORT`, '0']));
  const env = { HOME: home, OS_HEALTH__PORT: '0', ...ports };
  const server = new Program('albireo-server', { args: ['--ephemeral'], env });
  try {
    await server.waitForOutput(/All services are ready/);
    const [child = 0] = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    process.kill(child, 'SIGKILL');
    const [, lost] = await server.waitForOutput(
      /Lost with child (\d+): the whole state of the cloud, which --ephemeral keeps in its memory alone/,
    );
    assert.equal(Number(lost), child);
  } finally {
    await server.kill();
    rmSync(home, { recursive: true, force: true });
  }
});
