import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PlainOptions, TypedOptions, withSources } from '../test/config-fixture.js';
import { Configuration } from './configuration.js';
import { formatChange } from './internal/change.js';
import { formatFault } from './internal/errors.js';
import { loadConfiguration } from './load-configuration.js';

/** A configuration with one file, and a function that rewrites the file. */
function running<T>(text: string, body: (config: Configuration, write: (text: string) => void) => T): T {
  return withSources({ files: { 'a.conf': text } }, (input, directory) =>
    body(loadConfiguration(input), (next) => writeFileSync(join(directory, 'a.conf'), next)),
  );
}

describe('Configuration', () => {
  it('gives typed, read-only objects', () => {
    running('[typed]\nnames = x,y\n', (config) => {
      const options = config.get(TypedOptions);
      assert.ok(options instanceof TypedOptions);
      assert.equal(config.get(TypedOptions), options);
      assert.throws(() => Object.assign(options, { port: 1 }), TypeError);
      assert.throws(() => Object.assign(options.names, ['z']), TypeError);
      assert.throws(() => Object.assign(options.map, { z: '1' }), TypeError);
      class Foreign {}
      assert.throws(() => config.get(Foreign), TypeError);
    });
  });

  it('changes mutable options in place and names immutable ones', () => {
    running('[DEFAULT]\ncount = 1\ncolour = red\n', (config, write) => {
      const options = config.get(PlainOptions);
      const seen: string[][] = [];
      const stop = config.onMutate((changes) => seen.push(changes.map(formatChange)));
      write('[DEFAULT]\ncount = 2\ncolour = green\n');
      assert.deepEqual(config.preview().changes.map(formatChange), ['DEFAULT.count: 1 -> 2']);
      assert.equal(options.count, 1);
      const result = config.reload();
      assert.deepEqual(result.ignored.map(formatChange), ['DEFAULT.colour: red -> green']);
      assert.deepEqual([options.count, options.colour], [2, 'red']);
      config.reload();
      stop();
      write('[DEFAULT]\ncount = 3\n');
      config.reload();
      assert.equal(options.count, 3);
      assert.deepEqual(seen, [['DEFAULT.count: 1 -> 2']]);
    });
  });

  it('keeps all values when one is bad', () => {
    running('[DEFAULT]\ncount = 1\n', (config, write) => {
      write('[DEFAULT]\ncount = 2\nworkers = none\n');
      const { faults, changes } = config.reload();
      assert.equal(faults.length, 1);
      assert.match(faults.map(formatFault).join(), /a\.conf:3: \[DEFAULT\] workers: expected an integer from 1 to 100/);
      assert.deepEqual(changes, []);
      assert.equal(config.get(PlainOptions).count, 1);
      write('[DEFAULT\n');
      assert.equal(config.reload().faults.length, 1);
    });
  });

  it('keeps all values when a default file that was read is gone', () => {
    withSources({}, (input, directory) => {
      const file = join(directory, 'albireo.conf');
      writeFileSync(file, '[DEFAULT]\ncount = 1\n');
      const config = loadConfiguration(input);
      rmSync(file);
      assert.deepEqual(config.reload().faults.map(formatFault), [`${file}: it was read at the start and is gone`]);
      assert.equal(config.get(PlainOptions).count, 1);
      writeFileSync(file, '[DEFAULT]\ncount = 2\n');
      assert.deepEqual(config.reload().faults, []);
      assert.equal(config.get(PlainOptions).count, 2);
    });
  });

  it('follows a mutable option through the values that name it only when they are mutable too', () => {
    running('[DEFAULT]\ntext = a\n', (config, write) => {
      write('[DEFAULT]\ntext = b\n');
      assert.deepEqual(config.reload().ignored.map(formatChange), ['DEFAULT.place: a/data -> b/data']);
      assert.deepEqual([config.get(PlainOptions).text, config.get(PlainOptions).place], ['b', 'a/data']);
    });
  });

  it('gives a child that reads a class late the newest values of mutable options and the first of the others', () => {
    running('[DEFAULT]\ncount = 1\nplace = here\n', (config) => {
      const first = config.exportState();
      const child = Configuration.fromState(first);
      const values = { ...first.values, DEFAULT: { ...first.values['DEFAULT'], count: 5, place: 'there' } };
      child.applyState({ ...first, values });
      assert.equal(child.get(PlainOptions).count, 5);
      assert.equal(child.get(PlainOptions).place, 'here');
    });
  });

  it('has for a child no class that its parent has not', () => {
    running('', (config) => {
      const child = Configuration.fromState({ ...config.exportState(), groups: ['PlainOptions'] });
      assert.throws(() => child.get(TypedOptions), /TypedOptions is not among the option groups/);
    });
  });

  it('travels to a child as JSON and follows the parent', () => {
    running('[DEFAULT]\npassword = hidden\ncount = 1\n[typed]\nlines = 1\nlines = 2\n', (config, write) => {
      const child = Configuration.fromState(JSON.parse(JSON.stringify(config.exportState())));
      child.get(PlainOptions);
      child.get(TypedOptions);
      assert.deepEqual(child.exportState(), config.exportState());
      assert.equal(child.get(PlainOptions).password, 'hidden');
      assert.equal(child.get(PlainOptions).workers, undefined);
      assert.deepEqual(child.get(TypedOptions).lines, ['1', '2']);
      assert.throws(() => child.reload(), TypeError);
      write('[DEFAULT]\npassword = hidden\ncount = 5\n');
      config.reload();
      assert.deepEqual(child.applyState(config.exportState()).changes.map(formatChange), ['DEFAULT.count: 1 -> 5']);
      assert.equal(child.get(PlainOptions).count, 5);
    });
  });

  it('calls the other hooks when one throws', () => {
    running('[DEFAULT]\ncount = 1\n', (config, write) => {
      const wrong = new Error('a defect of the hook');
      let calls = 0;
      config.onMutate(() => {
        throw wrong;
      });
      config.onMutate(() => (calls += 1));
      write('[DEFAULT]\ncount = 2\n');
      assert.deepEqual(config.reload().hookErrors, [wrong]);
      assert.equal(calls, 1);
    });
  });

  it('keeps a value that the program supplied until a source sets one', () => {
    running('[DEFAULT]\ncount = 1\n', (config, write) => {
      config.supply('DEFAULT', 'password', 'made');
      config.supply('DEFAULT', 'count', 5);
      assert.deepEqual([config.get(PlainOptions).password, config.get(PlainOptions).count], ['made', 1]);
      assert.deepEqual(config.reload().ignored, []);
      write('[DEFAULT]\npassword = set\n');
      assert.equal(config.reload().ignored.length, 1);
      assert.throws(() => config.supply('DEFAULT', 'nothing', 1), TypeError);
    });
  });

  it('leaves no listeners and no old values after 1000 reloads', () => {
    running('[DEFAULT]\ncount = 0\n', (config, write) => {
      const options = config.get(PlainOptions);
      let calls = 0;
      config.onMutate(() => (calls += 1));
      for (let round = 1; round <= 1000; round += 1) {
        const stop = config.onMutate(() => undefined);
        write(`[DEFAULT]\ncount = ${round}\n`);
        assert.deepEqual(config.reload().faults, []);
        assert.equal(options.count, round);
        stop();
      }
      assert.equal(calls, 1000);
    });
  });

  it('writes the block of log_opt_values with secrets masked', () => {
    const text = '[DEFAULT]\npassword = hidden\n[typed]\nuri = http://user:hidden@host/\n';
    running(text, (config) => {
      const lines: string[] = [];
      config.logOptionValues((line) => lines.push(line));
      assert.equal(lines[0], '*'.repeat(80));
      assert.equal(lines.at(-1), '*'.repeat(80));
      assert.equal(lines[1], 'Configuration options gathered from:');
      assert.match(lines[2] ?? '', /^command line args: \['--config-file', /);
      assert.match(lines[3] ?? '', /^config files: \['.*a\.conf'\]$/);
      assert.equal(lines[4], '='.repeat(80));
      assert.ok(lines.includes(`${'count'.padEnd(30)} = 7`));
      assert.ok(lines.includes(`${'password'.padEnd(30)} = ****`));
      assert.ok(lines.includes(`${'workers'.padEnd(30)} = None`));
      assert.ok(lines.includes(`${'typed.uri'.padEnd(30)} = http://user:****@host/`));
      assert.doesNotMatch(lines.join(), /hidden/);
    });
  });
});
