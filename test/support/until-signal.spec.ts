import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';

const HERE = new URL('until-signal.js', import.meta.url).href;

/** A program of these lines, when it has printed something. */
async function running(
  lines: string,
): Promise<{ pid: number; first: string; ended: Promise<[number | null, string | null]> }> {
  const code = `import { endWithProcess, unlessSignalled } from '${HERE}'; import { spawn } from 'node:child_process';
    const forever = setInterval(() => undefined, 1_000); ${lines}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, first: String(first).trim(), ended };
}

describe('a program that is ended by a signal', { timeout: 30_000 }, () => {
  it('takes away what it has started, and tells which signal it was', async () => {
    const { pid, ended } = await running(`
      setTimeout(() => console.log('started'), 50);
      try { await unlessSignalled(new Promise(() => undefined)); }
      catch (error) { await new Promise((resolve) => setTimeout(resolve, 50)); process.exit(error.exitCode); }`);
    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await ended, [143, null]);
  });

  it('cleans up in peace, also when its children would end with it', async () => {
    const { pid, ended } = await running(`
      const waiting = unlessSignalled(new Promise(() => undefined));
      endWithProcess(spawn('sleep', ['1']));
      setTimeout(() => console.log('started'), 50);
      try { await waiting; }
      catch { await new Promise((resolve) => setTimeout(resolve, 200)); process.exit(7); }`);
    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await ended, [7, null]);
  });

  it('leaves no child behind', async () => {
    const { pid, first, ended } = await running(`
      const child = spawn('sleep', ['100']);
      endWithProcess(child);
      console.log(child.pid);`);
    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await ended, [null, 'SIGTERM']);
    const child = Number(first);
    const until = performance.now() + 10_000;
    const isThere = (): boolean => {
      try {
        return process.kill(child, 0);
      } catch {
        return false;
      }
    };
    while (isThere() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isThere(), false);
  });
});
