import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';

/** A zombie has ended: whoever adopted it has only not looked yet. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (!isAlive(pid)) return;
    await pause(25);
  }
  throw new Error(`process ${pid} is still there`);
}

describe('a parent killed by -9', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('is noticed by its workers, which finish what they have and go', async () => {
    const listen = { host: '127.0.0.1', port: 0 };
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 2, listen }] });
    const port = await program.port('echo');
    await program.ready();
    const pids = [pidOf(await get(port, '/')), pidOf(await get(port, '/'))];
    const held = get(port, '/wait?ms=400');
    await program.line(/fixture holds a request/);
    program.signal('SIGKILL');
    assert.deepEqual(await program.ended, { code: null, signal: 'SIGKILL' });
    assert.equal((await held).status, 200);
    await Promise.all(pids.map((pid) => gone(pid)));
    assert.equal(program.output.match(/Parent process has died unexpectedly, exiting/g)?.length, 2);
    await assert.rejects(get(port, '/'), { code: 'ECONNREFUSED' });
  });
});
