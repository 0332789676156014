import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  Enforcer,
  InvalidScope,
  PolicyDefinitionError,
  PolicyNotAuthorized,
  PolicyNotRegistered,
  formatExplanation,
  policySample,
} from './index.js';
import type { EnforcerOptions, RuleDefault } from './index.js';

const rule = (name: string, checkStr: string, more: Partial<RuleDefault> = {}): RuleDefault => ({
  name,
  checkStr,
  description: name,
  ...more,
});
const admin = { roles: ['admin'], project_id: 'p1' };
const member = { roles: ['member'], project_id: 'p1' };

describe('Enforcer', () => {
  let folder = '';
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'albireo-policy-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const faultsOf = (options: EnforcerOptions): string => {
    try {
      return `no fault: ${new Enforcer(options).list().length} rules`;
    } catch (error) {
      assert.ok(error instanceof PolicyDefinitionError);
      return error.message.replaceAll(folder, '');
    }
  };

  it('passes, denies with the rule, and refuses rules that nobody registered', () => {
    const enforcer = new Enforcer({ defaults: [rule('admin', 'role:admin'), rule('change', 'rule:admin')] });
    enforcer.authorize('change', {}, admin);
    assert.throws(() => enforcer.authorize('change', {}, member), { code: 'PolicyNotAuthorized', rule: 'change' });
    assert.throws(() => enforcer.authorize('chnage', {}, admin), PolicyNotRegistered);
    assert.equal(enforcer.check('chnage', {}, admin), false);
  });

  it('denies a token of another scope', () => {
    const enforcer = new Enforcer({ defaults: [rule('list', '@', { scopeTypes: ['project'] })] });
    enforcer.authorize('list', {}, member);
    const system = { roles: ['admin'], system_scope: 'all' };
    assert.throws(() => enforcer.authorize('list', {}, system), InvalidScope);
    assert.throws(() => enforcer.authorize('list', {}, { domain_id: 'd' }), /requires a scope of project.*domain/);
    assert.equal(enforcer.check('list', {}, system), false);
    assert.match(enforcer.explain('list', {}, system).note ?? '', /takes project scope/);
  });

  it('lays the policy file over the defaults and the folders over the file, by name', () => {
    const policyFile = file('policy.yaml', 'a: role:one\nb: role:one\nc: role:one\n');
    const dir = join(folder, 'policy.d');
    mkdirSync(join(dir, 'sub'), { recursive: true });
    writeFileSync(join(dir, '20.yaml'), 'b: role:three\n');
    writeFileSync(join(dir, '10.json'), '{"b": "role:two", "c": [["role:two"], ["role:one", "@"]]}');
    writeFileSync(join(dir, '.hidden.yaml'), 'a: "!"\n');
    const enforcer = new Enforcer({
      defaults: [rule('a', '!'), rule('d', 'role:default')],
      policyFile,
      policyDirs: [dir, join(folder, 'none')],
    });
    assert.deepEqual(
      enforcer.list().map(({ name, check, source }) => `${name} ${check} ${source}`),
      ['a role:one file', 'b role:three file', 'c (role:two or (role:one and @)) file', 'd role:default default'],
    );
  });

  it('uses the default rule for one that does not exist, and denies without it', () => {
    const with_ = new Enforcer({ defaults: [rule('default', 'role:admin'), rule('x', 'rule:nowhere')] });
    assert.equal(with_.check('x', {}, admin), true);
    assert.equal(with_.check('unknown', {}, admin), true);
    assert.equal(with_.check('unknown', {}, member), false);
    const without = new Enforcer({ defaults: [rule('x', 'rule:nowhere')] });
    assert.equal(without.check('x', {}, admin), false);
    assert.equal(new Enforcer({ defaults: [] }).check('x', {}, admin), false);
  });

  it('lets a deprecated check pass only while new defaults are not enforced', () => {
    const defaults = [rule('x', 'role:new', { deprecatedRule: { name: 'x', checkStr: 'role:old' } })];
    const old = { roles: ['old'] };
    assert.equal(new Enforcer({ defaults, enforceNewDefaults: false }).check('x', {}, old), true);
    assert.equal(new Enforcer({ defaults }).check('x', {}, old), false);
  });

  it('honours an override under the old name, with a warning', () => {
    const warnings: string[] = [];
    const enforcer = new Enforcer({
      defaults: [rule('new', 'role:new', { deprecatedRule: { name: 'old', checkStr: '!', since: '21.0' } })],
      policyFile: file('policy.yaml', 'old: role:theirs\n'),
      onWarning: (text) => warnings.push(text),
    });
    assert.equal(enforcer.check('new', {}, { roles: ['theirs'] }), true);
    assert.equal(enforcer.check('new', {}, { roles: ['new'] }), false);
    assert.match(warnings.join(), /policy "old" \(.*policy\.yaml:1\) is deprecated since 21\.0: use "new"/);
  });

  it('tells all faults of the files at once, each with file, line and rule', () => {
    const policyFile = file('policy.yaml', '# comment\na: role\nb: "(role:x"\nc: !\nd: https://policy/check\ne: 5\n');
    assert.equal(
      faultsOf({ defaults: [], policyFile }),
      [
        '/policy.yaml:2: policy "a": "role" is no check: expected KIND:MATCH, such as role:role or rule:role',
        '/policy.yaml:3: policy "b": cannot read "(role:x": expected ")", found the end at word 3',
        '/policy.yaml:4: policy "c": "!" is a YAML tag here: put the rule in quotes',
        '/policy.yaml:5: policy "d": "https://policy/check": checks that ask a remote server (https:) are not supported',
        '/policy.yaml:6: policy "e": expected text or a list, found number: put the rule in quotes',
      ].join('\n'),
    );
    const broken = file('broken.yaml', 'a: role:x\na: role:y\nb: @\n');
    assert.match(
      faultsOf({ defaults: [], policyFile: broken }),
      /broken\.yaml:2: Map keys.*\n.*broken\.yaml:3: .*quotes/,
    );
    assert.match(faultsOf({ defaults: [], policyFile: file('l.yaml', '- a\n') }), /l\.yaml:1: expected a map/);
  });

  it('finds rings of rules at load, through "not" and the default rule', () => {
    const policyFile = file('policy.yaml', 'a: not rule:b\nb: "role:x or rule:a"\n');
    assert.equal(faultsOf({ defaults: [], policyFile }), '/policy.yaml:1: policy "a": refers to itself: a -> b -> a');
    assert.match(faultsOf({ defaults: [rule('default', 'rule:gone')] }), /default -> default/);
    assert.match(
      faultsOf({ defaults: [rule('a', 'rule:a'), rule('b', '@')] }),
      /^policy "a": refers to itself: a -> a$/,
    );
  });

  it('refuses registered rules that are broken or doubled', () => {
    assert.equal(
      faultsOf({ defaults: [rule('a', '@'), rule('a', '!'), rule('b', 'x y')] }).split('\n')[0],
      'policy "a": is registered twice',
    );
    assert.match(faultsOf({ defaults: [rule('b', 'x:1 y:2')] }), /policy "b": cannot read "x:1 y:2"/);
  });

  it('reads changed files again and keeps the old rules when they are broken', () => {
    const policyFile = file('policy.yaml', 'x: role:one\n');
    const enforcer = new Enforcer({ defaults: [rule('x', '!')], policyFile });
    assert.equal(enforcer.reloadIfChanged(), false);
    writeFileSync(policyFile, 'x: role:two\n');
    utimesSync(policyFile, 1, 1);
    assert.equal(enforcer.reloadIfChanged(), true);
    assert.equal(enforcer.check('x', {}, { roles: ['two'] }), true);
    writeFileSync(policyFile, 'x: (\n');
    assert.throws(() => enforcer.reloadIfChanged(), PolicyDefinitionError);
    assert.equal(enforcer.check('x', {}, { roles: ['two'] }), true);
    assert.equal(enforcer.reloadIfChanged(), false, 'a broken file is reported once');
    rmSync(policyFile);
    assert.equal(enforcer.reloadIfChanged(), true);
    assert.equal(enforcer.check('x', {}, { roles: ['two'] }), false);
  });

  it('polls between start and stop', async () => {
    const policyFile = file('policy.yaml', 'x: "@"\n');
    const enforcer = new Enforcer({ defaults: [rule('x', '!')], policyFile });
    // The poll's timer does not keep a process alive.
    const keepAlive = setTimeout(() => undefined, 10_000);
    try {
      const failed = new Promise((resolve) => {
        enforcer.start({ intervalMs: 1, onError: resolve });
        enforcer.start({ intervalMs: 1, onError: resolve });
      });
      writeFileSync(policyFile, 'x: broken here\n');
      assert.ok((await failed) instanceof PolicyDefinitionError);
    } finally {
      enforcer.stop();
      enforcer.stop();
      clearTimeout(keepAlive);
    }
  });

  it('explains a verdict with every node of the tree', () => {
    const enforcer = new Enforcer({
      defaults: [rule('admin', 'role:admin'), rule('show', 'rule:admin or not project_id:%(project_id)s')],
    });
    assert.deepEqual(formatExplanation(enforcer.explain('show', { project_id: 'p1' }, member)), [
      'false rule:show',
      '  false or',
      '    false rule:admin',
      '      false role:admin',
      '    false not',
      '      true  project_id:%(project_id)s   (the target gives "p1")',
    ]);
    assert.equal(enforcer.explain('gone', {}, member).note, 'no such rule');
  });

  it('looks only at own keys of targets and credentials', () => {
    const enforcer = new Enforcer({
      defaults: [rule('x', 'constructor.name:Object'), rule('y', 'a:%(constructor)s'), rule('z', '__proto__.a:1')],
    });
    for (const name of ['x', 'y', 'z']) assert.equal(enforcer.check(name, {}, { a: 'Object' }), false);
  });

  it('writes a sample of the rules', () => {
    const operations = [{ method: 'GET', path: '/x' }];
    assert.equal(
      policySample([rule('a:b', 'role:x', { operations, scopeTypes: ['project'] })]),
      '# a:b\n# GET  /x\n# Intended scope(s): project\n#"a:b": "role:x"\n',
    );
    assert.throws(() => new Enforcer({ defaults: [rule('a', '!')] }).authorize('a', {}, admin), PolicyNotAuthorized);
  });
});
