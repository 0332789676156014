import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FILE_VARIABLE, killProcessesOf } from '#testing/overdue-file';

describe('a test file that hangs', () => {
  const noProc = existsSync('/proc/self/environ') ? false : 'needs /proc';
  it(
    'is killed with what it started, also what lost its parent and holds its output open',
    { skip: noProc },
    async () => {
      const path = `a-test-file-${process.pid}`;
      const waits = 'setInterval(() => {}, 1000)';
      // The first starts a second, which starts a third and ends.
      const third = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(waits)}], { stdio: ['ignore', 'inherit', 'ignore'], detached: true }).unref()`;
      const first = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(third)}], { stdio: ['ignore', 'inherit', 'ignore'] }).on('exit', () => console.log('ready')); ${waits}`;
      const child = spawn(process.execPath, ['-e', first, path], {
        env: { ...process.env, [FILE_VARIABLE]: path },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = once(child, 'close');
      await once(child.stdout, 'data');
      const told = killProcessesOf(path);
      // The output is closed only when nobody holds it any more.
      assert.deepEqual(await closed, [null, 'SIGKILL']);
      assert.match(told, new RegExp(String.raw`^${child.pid}\s+${process.pid}\s`));
      assert.equal(told.split('\n').length, 2);
      assert.equal(killProcessesOf(path), '');
    },
  );
});
