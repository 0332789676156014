import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LogDestination } from './internal/log-destination.js';

describe('LogDestination', () => {
  it('writes all lines in order without writing on the path of the caller', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-log-'));
    try {
      const file = join(folder, 'deep', 'a.log');
      const destination = new LogDestination(file);
      for (let line = 0; line < 1000; line += 1) destination.add(`${line}\n`);
      assert.equal(readFileSync(file, 'utf8'), '');
      await destination.flush();
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      assert.equal(lines.length, 1000);
      assert.equal(lines[999], '999');
      await destination.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('opens the file again after a rotation, and writes at exit what is left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-log-'));
    try {
      const file = join(folder, 'a.log');
      const destination = new LogDestination(file);
      destination.add('one\n');
      await destination.flush();
      await rename(file, `${file}.1`);
      destination.reopen();
      destination.add('two\n');
      destination.flushAtExit();
      assert.equal(await readFile(`${file}.1`, 'utf8'), 'one\n');
      assert.equal(await readFile(file, 'utf8'), 'two\n');
      await destination.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
