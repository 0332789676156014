import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'dist', 'apps', 'manage', 'src', 'main.js');

describe('albireo-manage config', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'albireo-manage-'));
    writeFileSync(
      join(directory, 'now.conf'),
      '[DEFAULT]\ndebug = true\n[database]\nconnection = postgresql://u:hidden@h/d\n',
    );
    writeFileSync(join(directory, 'next.conf'), '[DEFAULT]\ndebug = false\nenabled_apis = identity\n');
    writeFileSync(join(directory, 'bad.conf'), '[DEFAULT]\ndebgu = true\n');
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const run = (...args: readonly string[]) => {
    const env = { PATH: process.env['PATH'], HOME: directory };
    return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', cwd: directory, env });
  };

  it('prints what is committed: sample, reference and schema', () => {
    for (const [command, path] of [
      ['sample', 'etc/albireo.conf.sample'],
      ['reference', 'docs/configuration-reference.md'],
      ['schema', 'docs/configuration.schema.json'],
    ] as const) {
      assert.equal(run('config', command).stdout, readFileSync(join(root, path), 'utf8'));
    }
  });

  it('checks files, with exit code 1 on errors', () => {
    const good = run('config', 'check', 'now.conf');
    assert.deepEqual([good.status, good.stdout], [0, '1 files read: 0 errors, 0 warnings, 0 notices\n']);
    const bad = run('config', 'check', 'now.conf', 'bad.conf');
    assert.equal(bad.status, 1);
    assert.match(bad.stdout, /^error: bad\.conf:2: \[DEFAULT\] debgu: unknown option, did you mean debug\?\n/);
  });

  it('explains, shows and compares without secrets', () => {
    const explained = run('--config-file', 'now.conf', 'config', 'explain', 'debug').stdout;
    assert.match(explained, /\* now\.conf:2 +true\n +default +false\n {2}in effect: true\n$/);
    assert.match(run('--config-file', 'now.conf', 'config', 'show').stdout, /^connection = \*\*\*\*$/m);
    assert.equal(
      run('--config-file', 'now.conf', 'config', 'diff', 'next.conf').stdout.replace(/(?<=_apis: ).*(?= ->)/, '…'),
      'changes at once: DEFAULT.debug: true -> false\n' +
        'needs a restart: DEFAULT.enabled_apis: … -> identity\n' +
        'needs a restart: database.connection: **** -> <unset>\n',
    );
  });

  it('knows the defaults of the program that --program names', () => {
    const port = (name: string): string => run('config', 'explain', 'health.port', '--program', name).stdout;
    assert.match(
      port('albireo-gateway-compute'),
      /\n {2}\* program default +8790\n +default +0\n {2}in effect: 8790\n$/,
    );
    assert.match(port('albireo-worker'), /in effect: 8791\n$/);
    assert.match(run('config', 'show').stdout, /^osapi_compute_listen = 127\.0\.0\.1$/m);
    const gateway = run('config', 'check', 'now.conf', '--program', 'albireo-gateway');
    assert.equal(gateway.status, 1);
    assert.match(gateway.stdout, /^error: \[DEFAULT\] transport_url: a value is required/);
    const nobody = run('config', 'show', '--program', 'albireo');
    assert.equal(nobody.status, 2);
    assert.match(
      nobody.stderr,
      /^albireo-manage: error: --program: expected one of albireo-gateway, .*, found albireo\n$/,
    );
  });

  it('answers mistakes in one line', () => {
    const unknown = run('config', 'explain', 'debgu');
    assert.deepEqual(
      [unknown.status, unknown.stderr],
      [2, 'albireo-manage: error: there is no option "debgu", did you mean debug?\n'],
    );
    const faulty = run('--config-file', 'bad.conf', 'config', 'show');
    assert.equal(faulty.status, 1);
    assert.match(faulty.stderr, /^albireo-manage: error: bad\.conf:2: [^\n]*\n$/);
  });
});
