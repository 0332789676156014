import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PlainOptions, withSources } from '../test/config-fixture.js';
import { ConfigurationError, formatFault } from './internal/errors.js';
import type { LoadInput } from './load-configuration.js';
import { loadConfiguration } from './load-configuration.js';

/** The only fault of a load, without the directory of the test. */
function faultOf(input: LoadInput, directory: string, argv: readonly string[] = input.argv): string {
  try {
    loadConfiguration({ ...input, argv });
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    assert.equal(error.faults.length, 1);
    return error.faults.map(formatFault).join().replaceAll(`${directory}/`, '');
  }
  throw new assert.AssertionError({ message: 'no fault was told' });
}

/** As a user without permissions: root may read everything. */
function asNobody<T>(body: () => T): T {
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined || geteuid() !== 0) return body();
  seteuid(65534);
  try {
    return body();
  } finally {
    seteuid(0);
  }
}

describe('a source that is no configuration', () => {
  const contents: readonly (readonly [what: string, bytes: string | Uint8Array, fault: string])[] = [
    ['text in Latin-1', Buffer.from('[DEFAULT]\ntext = café\n', 'latin1'), ':2: the line is not UTF-8 text'],
    ['text in UTF-16', Buffer.from('\uFEFF[DEFAULT]\n', 'utf16le'), ':1: the line is not UTF-8 text'],
    ['a NUL character', '[DEFAULT]\n\ntext = a\0b\n', ':3: the line holds a NUL character'],
    ['more than 8 MiB', '# x\n'.repeat(2 ** 21 + 1), ': cannot read the configuration file: it is larger than 8 MiB'],
  ];
  for (const [what, bytes, fault] of contents) {
    it(`holds ${what}`, () => {
      withSources({}, (input, directory) => {
        writeFileSync(join(directory, 'a.conf'), bytes);
        assert.equal(faultOf(input, directory, ['--config-file', join(directory, 'a.conf')]), `a.conf${fault}`);
      });
    });
  }

  it('is a directory, a pipe, a link to itself or a device without end: told, and never waited for', () => {
    withSources({}, (input, directory) => {
      const given = (name: string) => faultOf(input, directory, ['--config-file', join(directory, name)]);
      mkdirSync(join(directory, 'd'));
      execFileSync('mkfifo', [join(directory, 'pipe')]);
      symlinkSync('loop', join(directory, 'loop'));
      symlinkSync('/dev/zero', join(directory, 'zero'));
      const cannot = 'cannot read the configuration file';
      assert.equal(given('d'), `d: ${cannot}: it is a directory: use --config-dir`);
      assert.equal(given('pipe'), `pipe: ${cannot}: it is a pipe, which a reload could not read again: use a file`);
      assert.equal(given('loop'), `loop: ${cannot}: too many symbolic links encountered`);
      assert.equal(given('zero'), `zero: ${cannot}: it is larger than 8 MiB`);
    });
  });

  it('is a directory that is none, or holds what cannot be read', () => {
    withSources({ files: { 'a.txt': '' } }, (input, directory) => {
      const given = (name: string) => faultOf(input, directory, ['--config-dir', join(directory, name)]);
      mkdirSync(join(directory, 'd', 'x.conf'), { recursive: true });
      assert.equal(given('a.txt'), 'a.txt: cannot read the configuration directory: not a directory');
      assert.match(given('d'), /^d\/x\.conf: cannot read the configuration file: it is a directory/);
      mkdirSync(join(directory, 'e'));
      symlinkSync('nowhere', join(directory, 'e', 'x.conf'));
      assert.equal(given('e'), 'e/x.conf: the configuration file does not exist');
    });
  });

  it('may not be read by this user: one line for a named one, a warning for a place of the search', () => {
    withSources({}, (input, directory) => {
      chmodSync(directory, 0o755);
      writeFileSync(join(directory, 'a.conf'), '', { mode: 0 });
      mkdirSync(join(directory, 'd'), { mode: 0 });
      mkdirSync(join(directory, 'etc'), { mode: 0 });
      asNobody(() => {
        const denied = (what: string) => `cannot read the configuration ${what}: permission denied`;
        const given = (flag: string, name: string) => faultOf(input, directory, [flag, join(directory, name)]);
        assert.equal(given('--config-file', 'a.conf'), `a.conf: ${denied('file')}`);
        assert.equal(given('--config-dir', 'd'), `d: ${denied('directory')}`);
        const { warnings } = loadConfiguration({ ...input, searchPath: [join(directory, 'etc')] });
        assert.equal(warnings[0], `${directory}/etc/albireo.conf: not searched for: permission denied`);
      });
    });
  });

  it('is a file of any system: CRLF, CR, a byte order mark, no line end', () => {
    for (const text of ['\uFEFF[DEFAULT]\r\ncount = 2\r\n', '[DEFAULT]\rcount = 2\r', '[DEFAULT]\ncount = 2']) {
      withSources({ files: { 'a.conf': text } }, (input) => {
        assert.equal(loadConfiguration(input).get(PlainOptions).count, 2);
      });
    }
  });
});
