import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { withSources } from '../../test/config-fixture.js';
import { UsageError } from '../internal/errors.js';
import type { LoadInput } from '../load-configuration.js';
import { loadConfiguration } from '../load-configuration.js';
import { checkConfiguration, formatCheck } from './check.js';
import { diffConfigurations, formatDifference } from './diff.js';
import { explainOption, formatExplanation } from './explain.js';
import { showConfiguration } from './show.js';

const explained = (input: LoadInput, name: string): string[][] =>
  explainOption(input, name).map((explanation) =>
    [...formatExplanation(explanation)].slice(3).map((line) => line.trim()),
  );

describe('looking at a configuration', () => {
  it('explains an option by all its layers, the winner marked', () => {
    const files = { 'a.conf': '[DEFAULT]\nold_count = 2\ncount = 3\n' };
    withSources({ files, env: { OS_DEFAULT__COUNT: '4' }, argv: ['--count', '5'] }, (input, directory) => {
      const path = join(directory, 'a.conf');
      const wide = `${path}:3`.length;
      const row = (where: string, text: string): string => `${where.padEnd(wide)}  ${text}`;
      const wanted = [
        `* ${row('--count', '5')}`,
        row('OS_DEFAULT__COUNT', '4'),
        row(`${path}:3`, '3'),
        row(`${path}:2`, '2'),
        row('default', '7'),
        'in effect: 5',
      ];
      for (const name of ['count', 'DEFAULT.count', '[DEFAULT] count', 'old_count']) {
        assert.deepEqual(explained(input, name), [wanted]);
      }
    });
  });

  it("explains the program's default beside that of the option", () => {
    withSources({}, (input) => {
      const defaults = { DEFAULT: { count: 9 } };
      assert.deepEqual(explained({ ...input, defaults }, 'count'), [
        ['* program default  9', 'default          7', 'in effect: 9'],
      ]);
    });
  });

  it('explains values that refer to others, faulty ones, and options of the same name', () => {
    const files = {
      'a.conf': '[DEFAULT]\ntext = ${typed.port}0\nworkers = none\npassword = hidden\n[typed]\nport = 8\n',
    };
    withSources({ files }, (input) => {
      assert.equal(explained(input, 'text')[0]?.at(-1), 'in effect: 80');
      assert.match(
        explained(input, 'workers')[0]?.at(-1) ?? '',
        /^error: .*expected an integer from 1 to 100, found "none"/,
      );
      assert.doesNotMatch(JSON.stringify(explained(input, 'password')), /hidden/);
      assert.throws(() => explainOption(input, 'typed.prot'), UsageError);
      assert.throws(() => explainOption(input, 'typed.prot'), /did you mean typed\.port\?/);
    });
  });

  it('checks without throwing, and lets unknown options pass when they are allowed', () => {
    const files = {
      'a.conf': '[DEFAULT]\nnobody = 1\nold_count = 2\n[api_database]\nconnection = x\n',
      'b.conf': '[DEFAULT]\ncount = 3\ncolour = green\ncolour = red\n',
    };
    withSources({ files }, (input, directory) => {
      const lines = formatCheck(checkConfiguration(input)).map((line) => line.replaceAll(`${directory}/`, ''));
      assert.deepEqual(lines, [
        'error: a.conf:2: [DEFAULT] nobody: unknown option',
        'warning: a.conf:3: [DEFAULT] old_count is an old name: use [DEFAULT] count',
        'notice: a.conf:5: [api_database] connection is not used here',
        'notice: b.conf:4: [DEFAULT] colour = "red" replaces "green" of b.conf:3',
        'notice: b.conf:2: [DEFAULT] count = "3" replaces "2" of a.conf:3',
        '2 files read: 1 errors, 1 warnings, 3 notices',
      ]);
    });
  });

  it('shows the values as a file that gives the same values, secrets masked', () => {
    const files = {
      'a.conf': '[DEFAULT]\npassword = hidden\n[typed]\nlines = 1\nlines = 2\nuri = http://u:hidden@h/\n',
    };
    withSources({ files }, (input, directory) => {
      const shown = showConfiguration(loadConfiguration(input));
      assert.ok(shown.includes('password = ****'));
      assert.ok(shown.includes('uri = http://u:****@h/'));
      assert.ok(shown.includes('#workers ='));
      assert.deepEqual(
        shown.filter((line) => line.startsWith('lines')),
        ['lines = 1', 'lines = 2'],
      );
      const again = join(directory, 'again.conf');
      writeFileSync(again, shown.join('\n'));
      const config = loadConfiguration({ ...input, argv: ['--config-file', again] });
      assert.deepEqual(showConfiguration(config), shown);
    });
  });

  it('tells what a reload would change and what it would not', () => {
    const files = { 'a.conf': '[DEFAULT]\ncount = 1\ncolour = red\npassword = hidden\n' };
    withSources({ files }, (input, directory) => {
      const running = loadConfiguration(input);
      writeFileSync(join(directory, 'a.conf'), '[DEFAULT]\ncount = 2\ncolour = green\npassword = other\n');
      assert.deepEqual(formatDifference(diffConfigurations(running, loadConfiguration(input))), [
        'changes at once: DEFAULT.count: 1 -> 2',
        'needs a restart: DEFAULT.colour: red -> green',
        'needs a restart: DEFAULT.password: **** -> ****',
      ]);
    });
  });
});
