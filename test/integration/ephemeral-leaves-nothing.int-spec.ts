import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { freePorts } from '#testing/free-port';
import { programFile } from '#testing/program';

const APIS = ['IDENTITY', 'OSAPI_COMPUTE', 'METADATA', 'IMAGE', 'NETWORK'];

/** Starts `albireo-server --ephemeral` with exactly this environment, logs in with what it printed, and stops it. */
async function runOnce(cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const ports = await freePorts(APIS.length);
  const listen = Object.fromEntries(APIS.map((api, at) => [`OS_DEFAULT__${api}_LISTEN_PORT`, String(ports[at])]));
  const server = spawn(process.execPath, [programFile('albireo-server'), '--ephemeral'], {
    cwd,
    env: { PATH: process.env['PATH'], OS_HEALTH__PORT: '0', ...listen, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => server.once('close', resolve));
  const ready = new Promise<void>((resolve) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (output.includes('A token:') && /-d '(.*)'\n/.test(output)) resolve();
      });
    }
  });
  try {
    await Promise.race([ready, ended.then((code) => assert.fail(`ended with ${code}:\n${output}`))]);
    const body = /-d '(.*)'\n/.exec(output)?.[1] ?? '';
    const answer = await fetch(`http://127.0.0.1:${ports[0]}/v3/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(answer.status, 201, await answer.text());
    assert.doesNotMatch(output, /clouds-yaml prints it again/);
  } finally {
    server.kill('SIGTERM');
  }
  assert.equal(await ended, 0, output);
  return output;
}

describe('albireo-server --ephemeral', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'albireo-nothing-'));
  after(() => rmSync(folder, { recursive: true }));

  it('starts without a HOME in a folder that takes no files', async () => {
    // Nobody can make a file in /proc, not even root.
    await runOnce('/proc', { TMPDIR: '/proc', XDG_DATA_HOME: '' });
  });

  it('leaves no file in its HOME, working directory, state_path and TMPDIR, and has a new password each time', async () => {
    const env = { HOME: folder, TMPDIR: folder, OS_DEFAULT__STATE_PATH: join(folder, 'state') };
    const passwords: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      passwords.push(/password: "(.+)"/.exec(await runOnce(folder, env))?.[1]);
      assert.deepEqual(readdirSync(folder), []);
    }
    assert.equal(new Set(passwords).size, 2);
    assert.ok(!passwords.includes(undefined));
  });
});
