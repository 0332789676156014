import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '#testing/free-port';

const program = fileURLToPath(new URL('../../apps/server/src/main.js', import.meta.url));
const APIS = ['IDENTITY', 'OSAPI_COMPUTE', 'METADATA', 'IMAGE', 'NETWORK'];

it('state in memory that goes with a killed process is not lost without a word', { timeout: 120_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'albireo-loss-'));
  const ports = await freePorts(APIS.length);
  const environment = Object.fromEntries(APIS.map((api, at) => [`OS_DEFAULT__${api}_LISTEN_PORT`, String(ports[at])]));
  const server = spawn(process.execPath, [program, '--ephemeral'], {
    env: { PATH: process.env['PATH'], HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  let output = '';
  const said = (text: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (text.test(output)) resolve();
      };
      server.stdout.on('data', look);
      server.stderr.on('data', look);
      look();
    });
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  try {
    await said(/All services are ready/);
    const [child = 0] = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    process.kill(child, 'SIGKILL');
    await said(/Lost with child \d+: the whole state of the cloud, which --ephemeral keeps in its memory alone/);
    assert.match(output, new RegExp(`Lost with child ${child}`));
  } finally {
    server.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  }
});
