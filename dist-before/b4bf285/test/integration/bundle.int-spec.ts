// The programs as the image has them: compiled, then joined into few files by tools/bundle.mjs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Program, programFile, runProgram } from '#testing/program';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = 'bundle';
const state = mkdtempSync(join(tmpdir(), 'albireo-bundle-'));
const password = 'a-password-of-this-test';
const env = {
  OS_DEFAULT__STATE_PATH: state,
  OS_IDENTITY__ADMIN_PASSWORD: password,
  OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-test-which-is-long-enough-to-sign',
  OS_DEFAULT__IDENTITY_LISTEN_PORT: '0',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '0',
  OS_DEFAULT__NETWORK_LISTEN_PORT: '0',
  OS_DEFAULT__IMAGE_LISTEN_PORT: '0',
  OS_DEFAULT__METADATA_LISTEN_PORT: '0',
  OS_HEALTH__PORT: '0',
};

/** The text of a file and of all that it imports before it runs. */
function loadedWith(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const text = readFileSync(file, 'utf8');
  seen.set(file, text);
  for (const [, path = ''] of text.matchAll(/^(?:import|export)\b[^"';]*?"(\.[^"]+)";$/gm)) {
    loadedWith(join(dirname(file), path), seen);
  }
  return seen;
}

describe('the bundle', () => {
  before(() => void execFileSync(process.execPath, [join(root, 'tools', 'bundle.mjs')]));
  after(() => rmSync(state, { recursive: true, force: true }));

  it('is made so that a parent loads no package', () => {
    const loaded = loadedWith(programFile('albireo-gateway', folder));
    assert.ok([...loaded.values()].some((text) => text.includes('// dist/libs/launcher/src/process-launcher.js')));
    const packages = [...loaded.values()].flatMap((text) => text.match(/^\/\/ node_modules\/.*/gm) ?? []);
    assert.deepEqual(packages, []);
  });

  it('serves a token and a list of networks, and ends with 0 on SIGTERM', async () => {
    const program = new Program('albireo-server', { folder, env, args: ['--ephemeral'] });
    try {
      await program.waitForOutput(/is ready/);
      const port = (name: string): string =>
        new RegExp(`${name} listening on .*:(\\d+)`).exec(program.output)?.[1] ?? '';
      const user = { name: 'admin', domain: { id: 'default' }, password };
      const scope = { project: { name: 'admin', domain: { id: 'default' } } };
      const answer = await fetch(`http://127.0.0.1:${port('identity')}/v3/auth/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } }),
      });
      assert.equal(answer.status, 201, await answer.text());
      const token = answer.headers.get('x-subject-token') ?? '';
      const networks = await fetch(`http://127.0.0.1:${port('network')}/v2.0/networks`, {
        headers: { 'x-auth-token': token },
      });
      assert.deepEqual([networks.status, await networks.json()], [200, { networks: [] }]);
      assert.equal(await program.stop(), 0, program.output);
    } finally {
      await program.kill();
    }
  });

  it('names sources and functions in the stack of an error', async () => {
    const policy = join(state, 'policy.yaml');
    writeFileSync(policy, '"os_compute_api:servers:index": "not a rule ("\n');
    const { code, output } = await runProgram('albireo-gateway', {
      folder,
      env: {
        ...env,
        OS_DEFAULT__ENABLED_APIS: 'osapi_compute',
        OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/',
        OS_OSLO_POLICY__POLICY_FILE: policy,
      },
    });
    assert.equal(code, 1, output);
    assert.match(output, /Could not create the service osapi_compute/);
    assert.match(output, /at new ApiService \(\/.*\/apps\/gateway\/src\/service\.ts:\d+:\d+\)/);
    assert.doesNotMatch(output, /\/chunks\//);
  });

  it('answers albireo-manage', async () => {
    const { code, output } = await runProgram('albireo-manage', { folder, env, args: ['config', 'show'] });
    assert.equal(code, 0, output);
    assert.match(output, /osapi_compute_listen_port/);
  });
});
