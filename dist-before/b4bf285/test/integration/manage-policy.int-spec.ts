import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runProgram } from '#testing/program';

describe('albireo-manage policy and pipeline', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'albireo-policy-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));
  const manage = (...args: readonly string[]): Promise<{ code: number | null; output: string }> =>
    runProgram('albireo-manage', { args, env: { OS_OSLO_POLICY__POLICY_FILE: join(directory, 'policy.yaml') } });

  it('tells why a rule says no, and what a file changes', async () => {
    const question = ['policy', 'why', 'os_compute_api:servers:show'] as const;
    const asked = ['--target', '{"project_id":"p"}', '--creds', '{"project_id":"q","roles":["reader"]}'] as const;
    const no = await manage(...question, ...asked);
    assert.equal(no.code, 1, no.output);
    assert.match(no.output, /true {2}role:reader\n\s+false project_id:%\(project_id\)s {3}\(the target gives "p"\)/);

    await writeFile(join(directory, 'policy.yaml'), '"os_compute_api:servers:show": "role:reader"\n');
    const yes = await manage(...question, ...asked);
    assert.equal(yes.code, 0, yes.output);
    const list = await manage('policy', 'list', '--service', 'compute');
    assert.match(list.output, /os_compute_api:servers:show: role:reader {3}# file/);
    assert.equal((await manage('policy', 'check')).code, 0);

    await writeFile(join(directory, 'policy.yaml'), '"os_compute_api:servers:show": "role:reader or ("\n');
    const check = await manage('policy', 'check');
    assert.equal(check.code, 1);
    assert.match(check.output, /os_compute_api:servers:show/);
  });

  it('shows what a request passes', async () => {
    const shown = await manage('pipeline', 'show', 'osapi_compute');
    assert.match(shown.output, /\/v2\.1\/\+ +cors .*authtoken keystonecontext osapi_compute_app_v21/);
    assert.equal((await manage('pipeline', 'show', 'nothing')).code, 1);
  });
});
