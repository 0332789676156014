import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

  it('finds the policy file where the programs find it: beside the last configuration file, not where it runs', async () => {
    const folders = ['first', 'second', 'work'].map((name) => join(directory, name));
    for (const folder of folders) {
      await mkdir(folder);
      await writeFile(join(folder, 'a.conf'), '');
      await writeFile(join(folder, 'policy.yaml'), `"os_compute_api:servers:show": "role:${basename(folder)}"\n`);
    }
    const [first = '', second = '', work = ''] = folders;
    const ruleWith = async (...folders: readonly string[]): Promise<string | undefined> => {
      const files = folders.flatMap((folder) => ['--config-file', join(folder, 'a.conf')]);
      const args = [...files, 'policy', 'list', '--service', 'compute'];
      const { output } = await runProgram('albireo-manage', { args, cwd: work });
      return /^os_compute_api:servers:show: (.*)$/m.exec(output)?.[1];
    };
    assert.equal(await ruleWith(first, second), 'role:second   # file');
    assert.equal(await ruleWith(second, first), 'role:first   # file');
    assert.equal(await ruleWith(), 'rule:project_reader_or_admin');
  });

  it('shows what a request passes', async () => {
    const shown = await manage('pipeline', 'show', 'osapi_compute');
    assert.match(shown.output, /\/v2\.1\/\+ +cors .*authtoken keystonecontext osapi_compute_app_v21/);
    assert.equal((await manage('pipeline', 'show', 'nothing')).code, 1);
  });

  it("shows the pipelines of nova's own paste file without a name, which has the APIs of nova only", async () => {
    const file = fileURLToPath(new URL('../../../test/support/paste/nova-api-paste.ini', import.meta.url));
    const env = { OS_WSGI__API_PASTE_CONFIG: file };
    const shown = await runProgram('albireo-manage', { args: ['pipeline', 'show'], env });
    assert.equal(shown.code, 0, shown.output);
    assert.match(shown.output, /\[identity\]\nnot started: .*\n\[osapi_compute\]\n/);
    assert.match(shown.output, /\/v2\.1.*osapi_compute_app_v21/);
    assert.match(shown.output, /\[metadata\]\n.*metaapp/);
    const one = await runProgram('albireo-manage', { args: ['pipeline', 'show', 'network'], env });
    assert.equal(one.code, 1, one.output);
    assert.doesNotMatch(one.output, /\n {4}at /);
  });
});
