import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PYTHON, missingPythonModules } from '#testing/peers';
import { variableOf } from '../src/internal/sources/environment.js';
import { inspectSources } from '../src/load-configuration.js';
import type { JudgedOption } from './judged-options.js';
import { judgedGroups, judgedOptions } from './judged-options.js';
import { Random } from './random.js';

const script = fileURLToPath(new URL('../../../../libs/config/test/oslo-judge.py', import.meta.url));
const groups = judgedGroups();

interface Case {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of the options that are flags of the command line in this case. */
  readonly flags?: readonly string[];
}
interface Verdict {
  readonly values: Record<string, unknown>;
  readonly errors: readonly string[];
  readonly failed: string | null;
}

function judge(cases: readonly Case[]): Verdict[] {
  const input = JSON.stringify({ options: judgedOptions, cases: cases.map((asked) => ({ flags: [], ...asked })) });
  const result = spawnSync(PYTHON, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { PATH: process.env['PATH'], PYTHONWARNINGS: 'ignore', LC_ALL: 'C.UTF-8' },
  });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout) as Verdict[];
}

function ours({ argv, env }: Case): Verdict {
  const { sources, evaluation } = inspectSources({ program: 'judge', version: '1', argv, env, groups, searchPath: [] });
  const values = [...evaluation.values].map(([option, { value }]) => [`${option.group}.${option.name}`, value ?? null]);
  const faulty = evaluation.faults.map(({ group, option }) => `${group}.${String(option).replace('old_', '')}`);
  const [fault] = sources.faults;
  return { values: Object.fromEntries(values), errors: faulty, failed: fault?.message ?? null };
}

const flagOf = ({ group, name }: JudgedOption): string =>
  `--${group === 'DEFAULT' ? '' : `${group}-`}${name.replaceAll('_', '-')}`;

/** A random text of the option, sometimes with the name of another option in it. */
function textFor(random: Random, option: JudgedOption): string {
  if (option.kind === 'str' && random.chance(0.2)) {
    return random.pick([
      '$plain',
      '${plain}x',
      '$bounded',
      '${g.port}',
      '$$',
      String.raw`\$plain`,
      '$nobody',
      '${no.body}',
      '$unset',
      'a$',
    ]);
  }
  return random.pick(option.texts);
}

/** Writes the settings as a file, in the many ways the grammar allows. */
function fileText(random: Random, settings: readonly (readonly [JudgedOption, string])[]): string {
  const lines: string[] = ['# a comment', ''];
  for (const [option, text] of settings) {
    const old = option.arguments['deprecated_name'];
    const name = typeof old === 'string' && random.chance(0.3) ? old : option.name;
    lines.push(`[${option.group}]`);
    const comma = text.indexOf(',');
    if (comma > 0 && comma < text.length - 1 && text[comma + 1] !== ',' && random.chance(0.3)) {
      lines.push(`${name} = ${text.slice(0, comma + 1)}`, `    ${text.slice(comma + 1)}`);
    } else
      lines.push(random.pick([`${name}: ${text}`, `${name}="${text}"`, `${name}   =${text}`, `${name} = ${text}`]));
    if (random.chance(0.3)) lines.push('; another', '');
  }
  return `${lines.join('\n')}\n`;
}

function makeCase(random: Random, directory: string, index: number): Case {
  const base = join(directory, String(index));
  mkdirSync(join(base, 'd'), { recursive: true });
  const subset = (share: number): [JudgedOption, string][] =>
    judgedOptions.filter(() => random.chance(share)).map((option) => [option, textFor(random, option)]);
  const argv: string[] = [];
  for (const name of ['a.conf', 'b.conf'].slice(0, 1 + random.below(2))) {
    writeFileSync(join(base, name), fileText(random, subset(0.3)));
    argv.push('--config-file', join(base, name));
  }
  if (random.chance(0.3)) {
    writeFileSync(join(base, 'd', '1.conf'), fileText(random, subset(0.2)));
    writeFileSync(join(base, 'd', '2.conf'), fileText(random, subset(0.2)));
    argv.push('--config-dir', join(base, 'd'));
  }
  const env: Record<string, string> = {};
  const flags: string[] = [];
  for (const option of judgedOptions) {
    const way = random.below(12);
    // oslo.config treats the characters of a variable as the values of a multi-valued option.
    if (way === 0 && option.kind !== 'multi') env[variableOf(option.group, option.name)] = textFor(random, option);
    else if (way === 1) {
      flags.push(option.name);
      if (option.kind === 'bool') argv.push(random.pick([flagOf(option), `--no${option.name}`]));
      else argv.push(`${flagOf(option)}=${textFor(random, option)}`);
    }
  }
  return { argv, env, flags };
}

describe('oslo.config as the judge', { skip: missingPythonModules('oslo_config') }, () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'albireo-judge-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('gives the same values in 700 generated cases', () => {
    const random = new Random(20261121);
    const cases = Array.from({ length: 700 }, (_, index) => makeCase(random, directory, index));
    let compared = 0;
    let judged = 0;
    for (const [index, theirs] of judge(cases).entries()) {
      const asked = cases[index]!;
      const mine = ours(asked);
      const context = JSON.stringify(asked);
      assert.equal(mine.failed, null, context);
      if (theirs.failed !== null) {
        assert.notEqual(mine.errors.length, 0, `${theirs.failed}: ${context}`);
        continue;
      }
      judged += 1;
      // A value that refers to a faulty one is an error there; here the fault is reported once, at its place.
      for (const key of mine.errors)
        assert.ok(theirs.errors.includes(key), `${key} is refused by ours only: ${context}`);
      if (theirs.errors.length > 0) assert.notEqual(mine.errors.length, 0, `${theirs.errors.join()} ${context}`);
      for (const [key, value] of Object.entries(theirs.values)) {
        assert.deepEqual(mine.values[key], value, `${key}: ${context}`);
        compared += 1;
      }
    }
    assert.ok(judged >= 200 && compared > 5000, `${compared} values of ${judged} cases were compared`);
  });

  it('differs on purpose', () => {
    const file = join(directory, 'x.conf');
    const folder = join(directory, 'x.d');
    mkdirSync(folder);
    writeFileSync(file, '[DEFAULT]\nbounded = 2\n');
    writeFileSync(join(folder, 'y.conf'), '[DEFAULT]\nbounded = 3\n');
    const text = (name: string, content: string): string[] => {
      writeFileSync(join(directory, name), content);
      return ['--config-file', join(directory, name)];
    };
    const bounded = 'DEFAULT.bounded';
    const rows: [string, Case, string, unknown, unknown][] = [
      [
        'a flag before a file',
        { argv: ['--bounded', '4', '--config-file', file], env: {}, flags: ['bounded'] },
        bounded,
        2,
        4,
      ],
      ['a directory before a file', { argv: ['--config-dir', folder, '--config-file', file], env: {} }, bounded, 2, 3],
      [
        'a flag and a variable of an option that a file sets',
        { argv: ['--config-file', file, '--bounded', '4'], env: { OS_DEFAULT__BOUNDED: '5' }, flags: ['bounded'] },
        bounded,
        5,
        4,
      ],
      [
        'the text of a list',
        { argv: text('l.conf', '[DEFAULT]\nplain = ${g.names}'), env: {} },
        'DEFAULT.plain',
        "['a']",
        'a',
      ],
      [
        'the text of a boolean',
        { argv: text('b.conf', '[DEFAULT]\nplain = $flag'), env: {} },
        'DEFAULT.plain',
        'False',
        'false',
      ],
      ['a variable with lines', { argv: [], env: { OS_H__LINES: 'a\nb' } }, 'h.lines', ['a', '\n', 'b'], ['a', 'b']],
      ['an old name of a variable', { argv: [], env: { OS_DEFAULT__OLD_BOUNDED: '9' } }, bounded, 5, 9],
      ['a name with a hyphen', { argv: text('h.conf', '[DEFAULT]\nold-bounded = 9'), env: {} }, bounded, 5, 9],
    ];
    const verdicts = judge(rows.map(([, asked]) => asked));
    for (const [index, [what, asked, key, theirs, mine]] of rows.entries()) {
      assert.deepEqual(verdicts[index]?.values[key], theirs, `oslo.config: ${what}`);
      assert.deepEqual(ours(asked).values[key], mine, what);
    }

    const refusals: [string, string][] = [
      ['an unknown option', '[DEFAULT]\nnobody = 1'],
      ['a number that is none', '[g]\nratio = nan'],
      ['a number in other digits', '[DEFAULT]\nnumber = ５'],
      ['an integer that JavaScript cannot hold', '[DEFAULT]\nnumber = 9007199254740993'],
      ['an empty number in a list', '[g]\nintegers = 1,,2'],
      ['an empty number in a dictionary', '[g]\ncounts = {a:}'],
      ['a URI without a host', '[h]\nuri = http://:'],
      ['a URI with other characters than those of ASCII', '[h]\nuri = http://h/?ü'],
      ['a secret in a value that is not', '[DEFAULT]\nplain = $token\ntoken = hidden'],
      ['a space in a URI', '[h]\nuri = http://h/a b'],
      ['an empty number where there is a default', '[DEFAULT]\nbounded ='],
    ];
    const allowed = judge(refusals.map(([, content], index) => ({ argv: text(`r${index}.conf`, content), env: {} })));
    for (const [index, [what, content]] of refusals.entries()) {
      assert.deepEqual(allowed[index]?.errors, [], `oslo.config: ${what}`);
      assert.equal(ours({ argv: text('r.conf', content), env: {} }).errors.length, 1, what);
    }
    const withNul: Case = { argv: text('nul.conf', '[DEFAULT]\nplain = a\0b'), env: {} };
    assert.equal(judge([withNul])[0]?.values['DEFAULT.plain'], 'a\0b');
    assert.equal(ours(withNul).failed, 'the line holds a NUL character');
  });
});
