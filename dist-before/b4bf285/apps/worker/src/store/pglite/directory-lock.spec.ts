import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { lockDirectory } from './directory-lock.js';

describe('the lock of an embedded directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-lock-'));
  after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'lock');

  it('is held by one, and free after its release', async () => {
    const lock = await lockDirectory(file);
    await assert.rejects(lockDirectory(file), {
      code: 'DirectoryLocked',
      message: new RegExp(`process ${process.pid}`),
    });
    await lock.release();
    assert.equal(existsSync(file), false);
    await (await lockDirectory(file)).release();
  });

  it('is not taken from a process that lives', async () => {
    const started = readFileSync('/proc/1/stat', 'utf8').split(') ')[1]?.split(' ')[19];
    writeFileSync(file, JSON.stringify({ pid: 1, host: hostname(), started }));
    await assert.rejects(lockDirectory(file), { code: 'DirectoryLocked' });
  });

  it('is taken over from a process that is gone, from one that only has its number, and from half a file', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const content of [
      JSON.stringify({ pid, host: hostname(), started: '1' }),
      JSON.stringify({ pid: 1, host: hostname(), started: 'another start' }),
      JSON.stringify({ pid: 1, host: 'the-container-before', started: '1' }),
      '{"pid":',
    ]) {
      writeFileSync(file, content);
      await (await lockDirectory(file)).release();
    }
  });

  it('goes to one of several who find a stale one', async () => {
    writeFileSync(file, '{}');
    const results = await Promise.allSettled([lockDirectory(file), lockDirectory(file), lockDirectory(file)]);
    const won = results.filter((result) => result.status === 'fulfilled');
    assert.equal(won.length, 1);
    await won[0]?.value.release();
  });
});
