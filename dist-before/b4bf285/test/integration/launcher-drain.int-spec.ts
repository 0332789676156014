import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { KeepAliveLoad } from '../../libs/launcher/test/fixtures/keep-alive-load.js';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';
import type { ProgramOptions } from '../../libs/launcher/test/fixtures/launched-program.js';

const listen = { host: '127.0.0.1', port: 0 };

describe('stopping the program', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  async function launch(workers: number, options: Partial<ProgramOptions> = {}): Promise<number> {
    program = new LaunchedProgram({
      services: [{ name: 'echo', module: 'echo-service', workers, listen }],
      ...options,
    });
    const port = await program.port('echo');
    await program.ready();
    return port;
  }

  it('by SIGTERM finishes the requests in flight, refuses new connections, exits 0', async () => {
    const port = await launch(2);
    const held = [get(port, '/wait?ms=600'), get(port, '/wait?ms=600')];
    await program.line(/fixture holds a request/, { count: 2 });
    program.signal('SIGTERM');
    await program.line(/Stopped accepting connections/);
    await assert.rejects(get(port, '/'), { code: 'ECONNREFUSED' });
    for (const answer of await Promise.all(held)) {
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.connection, 'close');
    }
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.match(program.output, /Waiting on 2 children to exit/);
    assert.match(program.output, /fixture echo stopped/);
  });

  it('by SIGTERM fails no request of 64 busy keep-alive connections', async () => {
    const port = await launch(2);
    const load = new KeepAliveLoad(port, 64);
    await load.more(300);
    program.signal('SIGTERM');
    await load.untilRefused();
    assert.deepEqual(load.failures, []);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  it('by a second SIGTERM cuts at once, exit 1', async () => {
    const port = await launch(1);
    const held = get(port, '/never').catch((error: unknown) => error);
    await program.line(/fixture holds a request/);
    program.signal('SIGTERM');
    await program.line(/Waiting on 1 children to exit/);
    // Again and again: what comes within a tenth of a second is still the first one.
    const again = setInterval(() => program.signal('SIGTERM'), 20);
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    clearInterval(again);
    assert.ok((await held) instanceof Error);
    assert.match(program.output, /Cutting what is left/);
  });

  it('by a SIGTERM that comes twice at once, as from timeout, still finishes the requests in flight', async () => {
    const port = await launch(1);
    const held = get(port, '/wait?ms=600');
    await program.line(/fixture holds a request/);
    program.signal('SIGTERM');
    program.signal('SIGTERM');
    assert.equal((await held).status, 200);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  it('is cut after graceful_shutdown_timeout, exit 1', async () => {
    const port = await launch(1, { env: { OS_DEFAULT__GRACEFUL_SHUTDOWN_TIMEOUT: '1' } });
    const held = get(port, '/never').catch((error: unknown) => error);
    await program.line(/fixture holds a request/);
    program.signal('SIGTERM');
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    assert.match(program.output, /Graceful shutdown timeout exceeded, instantaneous exiting/);
    assert.ok((await held) instanceof Error);
  });

  it('goes on serving, unready, for drain_delay', async () => {
    const port = await launch(1, { env: { OS_DEFAULT__DRAIN_DELAY: '1' } });
    const health = Number((await program.line(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
    program.signal('SIGTERM');
    await program.line(/Not ready any more/);
    const ready = await get(health, '/readyz?verbose');
    assert.equal(ready.status, 503);
    assert.match(ready.text, /draining/);
    assert.equal((await get(health, '/livez')).status, 200);
    const answer = await get(port, '/');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.connection, 'close');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  it('by SIGINT outside of a terminal ends at once, exit 1', async () => {
    const port = await launch(2);
    const held = get(port, '/never').catch((error: unknown) => error);
    await program.line(/fixture holds a request/);
    program.signal('SIGINT');
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    assert.match(program.output, /Caught SIGINT signal, instantaneous exiting/);
    assert.ok((await held) instanceof Error);
  });

  it('by SIGTERM to one worker only exchanges that worker after its requests', async () => {
    const port = await launch(1);
    const held = get(port, '/wait?ms=400');
    await program.line(/fixture holds a request/);
    const old = pidOf(await get(port, '/'));
    process.kill(old, 'SIGTERM');
    assert.equal((await held).status, 200);
    await program.line(new RegExp(`Child ${old} exited with status 0`));
    const answer = await get(port, '/');
    assert.notEqual(pidOf(answer), old);
  });

  it('leaves workers alone that get SIGINT or SIGHUP from a terminal', async () => {
    const port = await launch(1);
    const pid = pidOf(await get(port, '/'));
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGHUP');
    assert.equal(pidOf(await get(port, '/')), pid);
  });
});
