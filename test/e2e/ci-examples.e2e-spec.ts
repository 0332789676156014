import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CloudCommand } from '#testing/cloud-command';
import type { CommandResult } from '#testing/cloud-command';
import { PYTHON, missingPythonModules } from '#testing/peers';

/** A virtual environment; no peer that CI must have: Ansible with its collections is half a gigabyte. */
const ansible = process.env['ALBIREO_TEST_ANSIBLE'];
const missingAnsible = whatIsMissing(ansible);

const documentation = readFileSync(fileURLToPath(new URL('../../../docs/ci.md', import.meta.url)), 'utf8');

const albireo = new CloudCommand();
after(() => albireo.close());

/** `albireo run` of a command that begins with a folder, in a cloud with DevStack's seed. */
function runIn(
  folder: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const script = ['sh', '-ec', `cd '${folder}'; ${command.join('; ')}`];
  return albireo.run(['run', '--seed', 'devstack', '--', ...script], env);
}

describe("Ansible's collection openstack.cloud, with the playbook of docs/ci.md", { skip: missingAnsible }, () => {
  it('makes everything, finds nothing to change then, and takes it away', { timeout: 900_000 }, async () => {
    const folder = join(albireo.folder, 'ansible');
    mkdirSync(folder);
    writeFileSync(join(folder, 'web.yml'), exampleOf('yaml', '- hosts: localhost'));
    const programs = join(ansible ?? '', 'bin');
    const play = `${join(programs, 'ansible-playbook')} web.yml`;
    const own = { ANSIBLE_NOCOLOR: '1', ANSIBLE_PYTHON_INTERPRETER: join(programs, 'python') };
    const path = `${programs}:${process.env['PATH'] ?? ''}`;
    const commands = [play, play, `${play} --extra-vars state=absent`, `${play} --extra-vars state=absent`];
    const { code, out, err } = await runIn(folder, commands, { ...own, PATH: path });
    assert.equal(code, 0, out + err);
    const counts = [...out.matchAll(/^localhost +: ok=(\d+) +changed=(\d+).*failed=0/gm)].map(([, ok, changed]) => [
      Number(ok),
      Number(changed),
    ]);
    const [first = [], second = [], third = [], fourth = []] = counts;
    assert.deepEqual([first[1], second[1], fourth[1]], [7, 0, 0], out);
    assert.ok(third[1]! > 0, out);
  });
});

describe(
  'openstacksdk in pytest, with the fixture of docs/ci.md',
  { skip: missingPythonModules('openstack', 'pytest') },
  () => {
    const folder = join(albireo.folder, 'pytest');
    before(() => {
      mkdirSync(folder);
      writeFileSync(join(folder, 'conftest.py'), exampleOf('python', 'import os, urllib.request'));
      const test = (name: string): string => `
def test_${name}(cloud):
    assert [n.name for n in cloud.network.networks() if n.name.startswith("of-")] == []
    cloud.network.create_network(name="of-${name}")
`;
      writeFileSync(join(folder, 'test_state.py'), test('one') + test('two') + test('three'));
    });

    it('gives each test the state of the seed', { timeout: 300_000 }, async () => {
      const { code, out, err } = await runIn(folder, [`${PYTHON} -m pytest -q`], {});
      assert.equal(code, 0, out + err);
      assert.match(out, /3 passed/);
    });
  },
);

function whatIsMissing(folder: string | undefined): string | false {
  if (folder === undefined)
    return 'needs Ansible and openstacksdk: ALBIREO_TEST_ANSIBLE=FOLDER of a virtual environment';
  const program = join(folder, 'bin', 'ansible-playbook');
  return existsSync(program) ? false : `needs ${program}: ${dirname(program)} has none`;
}

/** The block of a language in docs/ci.md that begins so. */
function exampleOf(language: string, beginning: string): string {
  const blocks = [...documentation.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const [, , block] = blocks.find(([, kind, text]) => kind === language && text?.startsWith(beginning)) ?? [];
  assert.ok(block !== undefined, `docs/ci.md has no example of ${language} that begins with ${beginning}`);
  return block;
}
