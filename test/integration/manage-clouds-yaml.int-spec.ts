import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../apps/manage/src/main.js', import.meta.url));

describe('albireo-manage clouds-yaml', () => {
  const home = mkdtempSync(join(tmpdir(), 'albireo-clouds-'));
  after(() => rmSync(home, { recursive: true }));
  const run = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [program, 'clouds-yaml', '--auth-url', 'http://cloud:5000/v3'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: home, ...environment },
    });

  it('invents no password where none is configured, and writes nothing', () => {
    const { status, stdout, stderr } = run({});
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /clouds-yaml: the administrator's password is not known here: expected \[identity\] admin_password/,
    );
    assert.deepEqual(readdirSync(home), []);
  });

  it('knows no password of a state that is in the memory of another program', () => {
    const { status, stdout, stderr } = run({ OS_DEFAULT__EPHEMERAL: 'true' });
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /the password of an albireo-server --ephemeral is in its memory/);
    assert.deepEqual(readdirSync(home), []);
  });

  it('prints the password that is configured', () => {
    const { status, stdout } = run({
      OS_IDENTITY__ADMIN_PASSWORD: 'of the cloud',
      OS_IDENTITY__SIGNING_KEYS: 'k'.repeat(32),
    });
    assert.equal(status, 0);
    assert.match(stdout, /password: "of the cloud"/);
  });
});
