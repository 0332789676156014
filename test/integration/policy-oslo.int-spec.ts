// The real oslo.policy judges ours: same verdicts on generated rules, files, targets and credentials.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RuleDefault, ScopeType } from '#libs/policy';
import { Enforcer, PolicyDefinitionError } from '#libs/policy';
import { Random } from '../fuzz/random.js';

interface Question {
  readonly rule: string;
  readonly target: Record<string, unknown>;
  readonly creds: Record<string, unknown>;
}

interface Case {
  readonly defaults: readonly RuleDefault[];
  readonly file: Record<string, unknown>;
  readonly enforceNewDefaults: boolean;
  readonly enforceScope: boolean;
  readonly questions: readonly Question[];
}

const PYTHON = '/usr/bin/python3';
const JUDGE = fileURLToPath(new URL('../../../libs/policy/test/oslo_judge.py', import.meta.url));
const CASES = 300;
const QUESTIONS = 8;

const generator = new Random(20261121);
const random = (): number => generator.below(2 ** 32) / 2 ** 32;
const pick = <T>(items: readonly T[]): T => generator.pick(items);
const chance = (share: number): boolean => random() < share;
const some = <T>(items: readonly T[]): T[] => items.filter(() => chance(0.5));

const LEAVES = [
  '@',
  '!',
  'role:admin',
  'role:MEMBER',
  'role:%(role)s',
  'role:compute:admin',
  'is_admin:True',
  'is_admin:1',
  'project_id:%(project_id)s',
  'user_id:%(target.user.id)s',
  'tenant_id:%(network:tenant_id)s',
  'system_scope:all',
  'system:all',
  'True:%(shared)s',
  'None:%(owner)s',
  "'public':%(visibility)s",
  '"community":%(visibility)s',
  '5:%(size)s',
  '-1:%(size)s',
  '1.50:%(ratio)s',
  '2.0:2.0',
  'token.domain.id:%(domain)s',
  'token.roles.name:%(role)s',
  'groups:%(group)s',
  'project_id:100%%',
  'user_name:%(first)s-%(last)s',
  'missing:%(missing)s',
  'field:networks:shared=True',
  'field:networks:router:external=True',
  'field:port:device_owner=compute:nova',
  'options:%(options)s',
];

function checkText(depth: number, rules: readonly string[]): string {
  const kind = depth === 0 ? 0 : Math.floor(random() * 7);
  const child = (): string => checkText(depth - 1, rules);
  const and = pick(['and', 'AND', 'And']);
  if (kind === 1 || kind === 2) return `${child()} ${and} ${child()}`;
  if (kind === 3) return `${child()} or ${child()}`;
  if (kind === 4) return `not ${depth > 1 && chance(0.5) ? `(${child()})` : checkText(0, rules)}`;
  if (kind === 5) return pick([`(${child()})`, `( ${child()} )`, `((${child()}))`]);
  if (chance(0.25) && rules.length > 0) return `rule:${pick(rules)}`;
  return pick(LEAVES);
}

function ruleValue(rules: readonly string[]): unknown {
  const shape = random();
  if (shape < 0.05) return pick<unknown>(['', [], null, [[]], [[], ['role:admin']]]);
  if (shape < 0.2) {
    const inner = (): string[] => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(LEAVES));
    return Array.from({ length: 1 + Math.floor(random() * 3) }, () => (chance(0.3) ? pick(LEAVES) : inner()));
  }
  return checkText(3, rules);
}

function target(): Record<string, unknown> {
  const all: Record<string, unknown> = {
    role: pick(['admin', 'Member', 'reader']),
    project_id: pick(['p1', 'p2', null]),
    'target.user.id': pick(['u1', 'u2']),
    'network:tenant_id': pick(['p1', 'p2']),
    shared: chance(0.5),
    'router:external': chance(0.5),
    owner: pick([null, 'p1']),
    visibility: pick(['public', 'private', 'community']),
    size: pick([5, -1, 0]),
    ratio: pick([1.5, 2.25]),
    domain: pick(['d1', 'd2']),
    group: pick(['g1', 'g2', 'g3']),
    first: 'ada',
    last: pick(['lovelace', 'byron']),
    device_owner: pick(['compute:nova', 'network:dhcp']),
    options: pick<unknown>([['a', "it's", 1], { key: [true, null] }, 'text', []]),
  };
  return Object.fromEntries(Object.entries(all).filter(() => chance(0.85)));
}

function creds(): Record<string, unknown> {
  const all: Record<string, unknown> = {
    roles: some(['Admin', 'member', 'reader', 'compute:admin']),
    is_admin: pick<unknown>([true, false, 1]),
    user_id: pick(['u1', 'u2']),
    user_name: pick(['ada-lovelace', 'bob']),
    project_id: pick(['p1', 'p2', '100%']),
    tenant_id: pick(['p1', 'p2']),
    groups: some(['g1', 'g2']),
    options: pick<unknown>([['a', "it's", 1], { key: [true, null] }, 'text', []]),
    token: pick<unknown>([
      { domain: { id: 'd1' }, roles: [{ name: 'admin' }, { name: 'Member' }] },
      { domain: { id: 'd2' }, roles: [] },
      { domain: null },
    ]),
  };
  const scope = pick<Record<string, unknown>>([{}, {}, { system_scope: 'all' }, { domain_id: 'd1' }]);
  return { ...Object.fromEntries(Object.entries(all).filter(() => chance(0.9))), ...scope };
}

/** Rules refer only to rules with a smaller number, or to names that nobody defines, so there are no rings. */
function makeCase(): Case {
  const names = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];
  const defaults: RuleDefault[] = [];
  const file: Record<string, unknown> = {};
  const withDefault = chance(0.3);
  if (withDefault) file['default'] = checkText(1, []);
  for (const [index, name] of names.entries()) {
    const known = [...names.slice(0, index), 'undefined_rule'];
    if (chance(0.7)) {
      const renamed = chance(0.5) ? `old_${name}` : name;
      defaults.push({
        name,
        checkStr: checkText(2, known),
        description: 'generated',
        ...(chance(0.3) ? { scopeTypes: some<ScopeType>(['system', 'domain', 'project']) } : {}),
        ...(chance(0.4) ? { deprecatedRule: { name: renamed, checkStr: checkText(1, known) } } : {}),
      });
      if (chance(0.3)) file[`old_${name}`] = chance(0.3) ? `rule:${name}` : ruleValue(known);
    }
    if (chance(0.4)) file[name] = ruleValue(known);
  }
  const questions = Array.from({ length: QUESTIONS }, () => ({
    rule: pick([...names, 'old_r0', 'undefined_rule']),
    target: target(),
    creds: creds(),
  }));
  return { defaults, file, enforceNewDefaults: chance(0.5), enforceScope: chance(0.7), questions };
}

const probe = spawnSync(PYTHON, ['-c', 'import oslo_policy'], { encoding: 'utf8' });
const missing = probe.status === 0 ? undefined : `${PYTHON} with oslo_policy is not installed (python3-oslo.policy)`;
const skip = missing !== undefined && process.env['ALBIREO_REQUIRE_PEERS'] !== '1' ? missing : false;

describe('policy beside oslo.policy', { skip }, () => {
  let folder = '';
  before(() => {
    assert.equal(missing, undefined);
    folder = mkdtempSync(join(tmpdir(), 'albireo-policy-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function judge(cases: readonly Case[]): (boolean | 'error')[][] {
    const input = JSON.stringify(cases);
    const result = spawnSync(PYTHON, [JUDGE], { input, encoding: 'utf8', maxBuffer: 1 << 26, timeout: 120_000 });
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout);
  }

  function enforcerOf(one: Case): Enforcer {
    const policyFile = join(folder, 'policy.yaml');
    writeFileSync(policyFile, JSON.stringify(one.file));
    const { defaults, enforceNewDefaults, enforceScope } = one;
    return new Enforcer({ defaults, policyFile, enforceNewDefaults, enforceScope });
  }

  it(`gives the same verdicts on ${CASES} generated rule sets`, (context) => {
    const cases = Array.from({ length: CASES }, makeCase);
    const verdicts = judge(cases);
    const count = { true: 0, false: 0, error: 0 };
    for (const [index, one] of cases.entries()) {
      const enforcer = enforcerOf(one);
      for (const [at, question] of one.questions.entries()) {
        const expected = verdicts[index]![at]!;
        const found = enforcer.check(question.rule, question.target, question.creds);
        count[`${expected}`] += 1;
        // oslo.policy raises on a path into null or text, where ours takes the attribute as absent.
        const detail = JSON.stringify({ expected, found, question, defaults: one.defaults, file: one.file }, null, 1);
        if (expected !== 'error') assert.equal(found, expected, detail);
        assert.equal(enforcer.explain(question.rule, question.target, question.creds).result, found, detail);
      }
    }
    context.diagnostic(`verdicts: ${JSON.stringify(count)}`);
    assert.ok(count.true > CASES && count.false > CASES && count.error < CASES / 4, JSON.stringify(count));
  });

  it('refuses at load what oslo.policy denies because it cannot read it', () => {
    const texts = [
      'admin',
      '()',
      'role:a role:b',
      'and role:a',
      'role:a and',
      '(role:a',
      'role:a)',
      'not',
      "'text'",
      ' ',
    ];
    const cases = texts.map((text) => ({
      defaults: [],
      file: { broken: text },
      enforceNewDefaults: true,
      enforceScope: true,
      questions: [{ rule: 'broken', target: {}, creds: { roles: ['a', 'b', 'admin'] } }],
    }));
    for (const [index, verdicts] of judge(cases).entries()) {
      assert.notEqual(verdicts[0], true, texts[index]);
      assert.throws(() => enforcerOf(cases[index]!), PolicyDefinitionError, texts[index]);
    }
  });
});
