import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, describe, it } from 'node:test';
import { Configuration, loadConfiguration } from '#libs/config';
import { PolicyOptions } from './options.js';
import { policyOpener } from './open-enforcer.js';

const root = mkdtempSync(join(tmpdir(), 'albireo-policy-search-'));
after(() => rmSync(root, { recursive: true }));

const rules = [{ name: 'x', checkStr: '!', description: 'For tests.' }];

function write(path: string, text: string): string {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

function configure(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Configuration {
  const searchPath = [join(root, 'home'), join(root, 'etc')];
  return loadConfiguration({ program: 'p', version: '1', argv, env, groups: [PolicyOptions], searchPath });
}

function may(config: Configuration, role: string, warnings: string[] = []): boolean {
  return policyOpener(config)(rules, (message) => warnings.push(message)).check('x', {}, { roles: [role] });
}

describe('a policy file of a relative name', () => {
  it('is looked for in the configuration directories, beside the files, the last first, and at the usual places', () => {
    const places = [
      'dir/policy.yaml',
      'second/policy.yaml',
      'first/policy.yaml',
      'home/policy.yaml',
      'etc/policy.yaml',
    ];
    for (const place of places) write(place, `"x": "role:${place.split('/')[0]}"\n`);
    const first = write('first/a.conf', '');
    const second = write('second/b.conf', '');
    const argv = ['--config-file', first, '--config-file', second, '--config-dir', join(root, 'dir')];
    for (const place of places) {
      const config = configure(argv);
      assert.ok(may(config, place.split('/')[0] ?? ''), place);
      // The worker processes of a program have the state of their parent.
      assert.ok(may(Configuration.fromState(config.exportState()), place.split('/')[0] ?? ''), place);
      rmSync(join(root, place));
    }
  });

  it('is found when it appears while the program runs, and missed when it goes', () => {
    const file = write('late/a.conf', '');
    const warnings: string[] = [];
    const enforcer = policyOpener(configure(['--config-file', file]))(rules, (message) => warnings.push(message));
    assert.equal(enforcer.check('x', {}, { roles: ['late'] }), false);
    const policy = write('late/policy.yaml', '"x": "role:late"\n');
    assert.equal(enforcer.reloadIfChanged(), true);
    assert.equal(enforcer.check('x', {}, { roles: ['late'] }), true);
    assert.deepEqual(warnings, []);
    rmSync(policy);
    assert.equal(enforcer.reloadIfChanged(), true);
    assert.equal(enforcer.check('x', {}, { roles: ['late'] }), false);
    assert.match(warnings.join(), /late\/policy\.yaml does not exist: the registered defaults are in force/);
  });

  it('that the operator named and that is nowhere is a warning', () => {
    const warnings: string[] = [];
    may(configure([], { OS_OSLO_POLICY__POLICY_FILE: 'own.yaml' }), 'x', warnings);
    assert.match(warnings.join(), /policy file own\.yaml does not exist/);
  });
});

describe('the options of [oslo_policy]', () => {
  it('are read in one place, so that gateway, worker and commands enforce the same files', () => {
    const source = fileURLToPath(new URL('../../../..', import.meta.url));
    const readers = ['apps', 'libs']
      .flatMap((folder) =>
        readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
      )
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.startsWith('libs/config/'))
      .filter((name) => readFileSync(join(source, name), 'utf8').includes('get(PolicyOptions)'));
    assert.deepEqual(readers, ['libs/policy/src/open-enforcer.ts']);
  });
});
