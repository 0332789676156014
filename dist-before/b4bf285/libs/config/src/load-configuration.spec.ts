import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Surroundings } from '../test/config-fixture.js';
import { PlainOptions, TypedOptions, faultsOf, withSources } from '../test/config-fixture.js';
import { ConfigOptions } from './groups/config.options.js';
import { UsageError } from './internal/errors.js';
import { loadConfiguration } from './load-configuration.js';

const plain = (surroundings: Surroundings): PlainOptions =>
  withSources(surroundings, (input) => loadConfiguration(input).get(PlainOptions));

describe('loadConfiguration', () => {
  it('lets a stronger source win', () => {
    const files = { 'a.conf': '[DEFAULT]\ncount = 2', 'b.conf': '[DEFAULT]\ncount = 3' };
    const env = { OS_DEFAULT__COUNT: '4' };
    assert.equal(plain({}).count, 7);
    assert.equal(
      withSources(
        {},
        (input) => loadConfiguration({ ...input, defaults: { DEFAULT: { count: 1 } } }).get(PlainOptions).count,
      ),
      1,
    );
    assert.equal(plain({ files: { 'a.conf': files['a.conf'] } }).count, 2);
    assert.equal(plain({ files }).count, 3);
    assert.equal(plain({ files, env }).count, 4);
    assert.equal(plain({ files, env, argv: ['--count', '5'] }).count, 5);
  });

  it('keeps the order whatever the order of the flags', () => {
    withSources({ files: { 'a.conf': '[DEFAULT]\ncount = 2' } }, (input, directory) => {
      mkdirSync(join(directory, 'd'));
      writeFileSync(join(directory, 'd', '2.conf'), '[DEFAULT]\ncount = 4\n');
      writeFileSync(join(directory, 'd', '1.conf'), '[DEFAULT]\ncount = 3\ntext = one\n');
      writeFileSync(join(directory, 'd', 'ignored.txt'), 'not read');
      const argv = ['--config-dir', join(directory, 'd'), ...input.argv];
      const config = loadConfiguration({ ...input, argv });
      assert.equal(config.get(PlainOptions).count, 4);
      assert.equal(config.get(PlainOptions).text, 'one');
      assert.equal(loadConfiguration({ ...input, argv: ['--count=9', ...argv] }).get(PlainOptions).count, 9);
    });
  });

  it('reads the directory of a mounted ConfigMap', () => {
    withSources({}, (input, directory) => {
      mkdirSync(join(directory, 'map', '..2026_data'), { recursive: true });
      writeFileSync(join(directory, 'map', '..2026_data', 'a.conf'), '[DEFAULT]\ncount = 5\n');
      symlinkSync('..2026_data', join(directory, 'map', '..data'));
      symlinkSync(join('..data', 'a.conf'), join(directory, 'map', 'a.conf'));
      const argv = ['--config-dir', join(directory, 'map')];
      assert.equal(loadConfiguration({ ...input, argv }).get(PlainOptions).count, 5);
    });
  });

  it('finds default files and directories in the search path', () => {
    withSources({}, (input, directory) => {
      writeFileSync(join(directory, 'albireo.conf'), '[DEFAULT]\ncount = 2\ntext = a\n');
      writeFileSync(join(directory, 'albireo-test.conf'), '[DEFAULT]\ncount = 3\n');
      mkdirSync(join(directory, 'albireo.conf.d'));
      writeFileSync(join(directory, 'albireo.conf.d', 'x.conf'), '[typed]\nport = 1\n');
      const config = loadConfiguration(input);
      assert.deepEqual([config.get(PlainOptions).text, config.get(PlainOptions).count], ['a', 3]);
      assert.equal(config.get(TypedOptions).port, 1);
      assert.equal(config.configFiles.length, 3);
    });
  });

  it('reads switches of the command line', () => {
    assert.equal(plain({ argv: ['-v'] }).verbose, true);
    assert.equal(plain({ argv: ['--verbose', '--noverbose'] }).verbose, false);
    assert.equal(plain({ argv: ['--no-verbose'], env: { OS_DEFAULT__VERBOSE: '1' } }).verbose, false);
    for (const argv of [
      ['--wrong'],
      ['stray'],
      ['--count'],
      ['--verbose=1'],
      ['--config-file', ''],
      ['--config-dir='],
    ]) {
      assert.throws(() => plain({ argv }), UsageError);
    }
    assert.throws(() => plain({ argv: ['--verbos'] }), /did you mean --verbose/);
  });

  it('collects a repeated key of all files, and takes an old name', () => {
    const files = {
      'a.conf': '[typed]\nlines = 1\nlines = 2\n[DEFAULT]\nold_count = 8',
      'b.conf': '[typed]\nlines = 3',
    };
    withSources({ files }, (input, directory) => {
      const config = loadConfiguration(input);
      assert.deepEqual(config.get(TypedOptions).lines, ['1', '2', '3']);
      assert.equal(config.get(PlainOptions).count, 8);
      assert.deepEqual(config.warnings, [
        `${join(directory, 'a.conf')}:5: [DEFAULT] old_count is an old name: use [DEFAULT] count`,
      ]);
    });
  });

  it('replaces names in values', () => {
    const value = (text: string): string =>
      plain({ files: { 'a.conf': `[DEFAULT]\ncolour = green\ntext = ${text}` } }).text;
    assert.equal(value('$colour'), 'green');
    assert.equal(value('${colour}s'), 'greens');
    assert.equal(value('${typed.port}'), '80');
    assert.equal(value('$typed.names'), 'a,b');
    assert.equal(value('[$workers]'), '[]');
    assert.equal(value('$$colour'), '$colour');
    assert.equal(value(String.raw`\$colour`), '$colour');
    assert.equal(value('$unknown ${also.unknown} $ 5$'), '$unknown ${also.unknown} $ 5$');
    assert.equal(plain({ env: { OS_DEFAULT__TEXT: 'x' } }).place, 'x/data');
  });

  it('shows the path of a cycle', () => {
    assert.deepEqual(faultsOf({ files: { 'a.conf': '[DEFAULT]\ntext = $place' } }), [
      'default: [DEFAULT] place: the value refers to itself: $DEFAULT.text -> $DEFAULT.place -> $DEFAULT.text',
    ]);
  });

  it('tells all faults at once, each with its place', () => {
    const text =
      '[DEFAULT]\ncolour = blue\nworkers = 0\ncuont = 1\nport = 5\npassword\n[typd]\nport = 1\n[typed]\nratio = 9\nport = 99999';
    const env = { OS_TYPED__ADDRESS: 'here', OS_TYPED__HOTS: 'x' };
    assert.deepEqual(faultsOf({ files: { 'a.conf': text }, env, argv: ['--count', 'x'] }), [
      'a.conf:6: there is no "=" or ":" in the line; expected "name = value"',
      'a.conf:4: [DEFAULT] cuont: unknown option, did you mean count?',
      'a.conf:5: [DEFAULT] port: unknown option, did you mean [typed] port?',
      'a.conf:8: [typd] port: unknown option in an unknown group, did you mean [typed]?',
      'OS_TYPED__HOTS: [typed] hots: unknown option, did you mean host?',
      'a.conf:2: [DEFAULT] colour: expected one of red, green, found "blue"',
      'a.conf:3: [DEFAULT] workers: expected an integer from 1 to 100, found "0"',
      '--count: [DEFAULT] count: expected an integer, found "x"',
      'a.conf:10: [typed] ratio: expected a number from 0 to 4.5, found "9"',
      'a.conf:11: [typed] port: expected a port from 0 to 65535, found "99999"',
      'OS_TYPED__ADDRESS: [typed] address: expected an IPv4 or IPv6 address, found "here"',
    ]);
  });

  it('names missing files, directories and required options in one line each', () => {
    withSources({}, (input, directory) => {
      const argv = ['--config-file', `${directory}/no.conf`, '--config-dir', `${directory}/no.d`];
      const required = ['DEFAULT.workers'];
      assert.throws(() => loadConfiguration({ ...input, argv, required }), {
        message: [
          `${directory}/no.conf: the configuration file does not exist`,
          `${directory}/no.d: the configuration directory does not exist`,
          '[DEFAULT] workers: a value is required: an integer from 1 to 100',
        ].join('\n'),
      });
    });
  });

  it('with --require-config ends with the places that were searched', () => {
    withSources({}, (input, directory) => {
      const searched = (argv: readonly string[]) => {
        let text = '';
        assert.throws(
          () => loadConfiguration({ ...input, argv: ['--require-config', ...argv] }),
          (error) => error instanceof Error && (text = error.message.replaceAll(directory, 'D')) !== '',
        );
        return text;
      };
      assert.equal(
        searched([]),
        'no configuration file was found: searched for albireo.conf, albireo-test.conf, albireo.conf.d/*.conf, ' +
          'albireo-test.conf.d/*.conf in D; name one with --config-file',
      );
      mkdirSync(join(directory, 'd'));
      const dir = ['--config-dir', join(directory, 'd')];
      assert.equal(
        searched(dir),
        'no configuration file was found: searched for albireo.conf, albireo-test.conf in D; *.conf in D/d; ' +
          'name one with --config-file',
      );
      writeFileSync(join(directory, 'd', 'a.conf'), '');
      loadConfiguration({ ...input, argv: ['--require-config', ...dir] });
    });
  });

  it('lets unknown options pass with a warning when that is asked for', () => {
    const files = { 'a.conf': '[DEFAULT]\nnobody = 1\n[config]\nunknown_options = warn\n' };
    withSources({ files, groups: [PlainOptions, ConfigOptions] }, (input, directory) => {
      const { warnings } = loadConfiguration(input);
      assert.deepEqual(warnings, [`${join(directory, 'a.conf')}:2: [DEFAULT] nobody: unknown option`]);
    });
  });

  it('never shows a secret in a fault, nor lets another option show it', () => {
    const [fault = ''] = faultsOf({ files: { 'a.conf': '[typed]\nuri = http://user:hidden@/x y\n' } });
    assert.match(fault, /user:\*\*\*\*@/);
    assert.doesNotMatch(fault, /hidden/);
    const files = { 'a.conf': '[DEFAULT]\npassword = hidden\nworkers = $password\ntext = x/${DEFAULT.password}\n' };
    assert.deepEqual(faultsOf({ files }), [
      'a.conf:4: [DEFAULT] text: the value names the secret $DEFAULT.password, which only a secret option may',
      'a.conf:3: [DEFAULT] workers: the value names the secret $DEFAULT.password, which only a secret option may',
    ]);
  });

  it('tells a fault once, where it is, not again of the values that name the faulty one', () => {
    const text = '[DEFAULT]\nworkers = many\ncount = $workers\ntext = $count\n[typed]\nport = ${DEFAULT.count}\n';
    assert.deepEqual(faultsOf({ files: { 'a.conf': text } }), [
      'a.conf:2: [DEFAULT] workers: expected an integer from 1 to 100, found "many"',
    ]);
  });

  it('warns of what is probably not meant so, and shows no part of a secret', () => {
    const text = '[DEFAULT]\ntext = /x # the place\npassword = pa$word # 1\nplace = $txet/data\n';
    withSources({ files: { 'a.conf': text } }, (input, directory) => {
      const { warnings } = loadConfiguration(input);
      assert.deepEqual(
        warnings.map((line) => line.replace(`${directory}/`, '')),
        [
          'a.conf:2: [DEFAULT] text: "#" begins a comment in the first column only; here it is a part of the value',
          'a.conf:4: [DEFAULT] place: "$txet" names no option and stays as it is; a dollar is written $$',
        ],
      );
    });
  });

  it('finds the home directory in paths that no shell has read', () => {
    withSources({ files: { 'a.conf': '[DEFAULT]\ncount = 2' } }, (input, directory) => {
      const config = loadConfiguration({ ...input, argv: ['--config-file=~/a.conf'], env: { HOME: directory } });
      assert.equal(config.get(PlainOptions).count, 2);
    });
  });
});
