import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { KeepAliveLoad } from '../../libs/launcher/test/fixtures/keep-alive-load.js';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';

const listen = { host: '127.0.0.1', port: 0 };

describe('a worker that dies', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('leaves the port open even if it was the only one: the next request waits for its replacement', async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 1, listen }] });
    const port = await program.port('echo');
    await program.ready();
    const first = pidOf(await get(port, '/'));
    process.kill(first, 'SIGKILL');
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(port, '/')));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.ok(answers.every((answer) => pidOf(answer) !== first));
    await program.line(new RegExp(`Child ${first} killed by signal 9`));
  });

  it('is replaced within 0.1 s', async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 1, listen }] });
    const port = await program.port('echo');
    await program.ready();
    process.kill(pidOf(await get(port, '/')), 'SIGKILL');
    const died = await program.line(/:(\d\d)\.(\d{3}) \d+ INFO albireo\.launcher .*Child \d+ killed/);
    const forked = await program.line(/:(\d\d)\.(\d{3}) \d+ INFO albireo\.launcher .*Started child \d+/, { count: 2 });
    const ms = (match: RegExpMatchArray): number => Number(match[1]) * 1000 + Number(match[2]);
    assert.ok((ms(forked) - ms(died) + 60_000) % 60_000 < 100, program.output);
  });

  it('fails nothing but its own requests in flight under 64 keep-alive connections', async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 2, listen }] });
    const port = await program.port('echo');
    await program.ready();
    const load = new KeepAliveLoad(port, 64);
    await load.more(500);
    const [victim] = load.pids;
    assert.ok(victim !== undefined);
    process.kill(victim, 'SIGKILL');
    await program.line(/fixture echo worker \d serves/, { count: 3 });
    await load.more(500);
    await load.stop();
    assert.deepEqual(
      load.failures.filter(({ pid }) => pid !== victim),
      [],
    );
    assert.ok(load.failures.length <= 64);
  });

  it('exits with its status in the log', async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 1, listen }] });
    const port = await program.port('echo');
    await program.ready();
    const pid = pidOf(await get(port, '/'));
    await assert.rejects(get(port, '/exit'));
    await program.line(new RegExp(`Child ${pid} exited with status 3`));
    assert.equal((await get(port, '/')).status, 200);
  });

  it('of an exception that nobody catches exits 2, and the log has the stack', async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 1, listen }] });
    const port = await program.port('echo');
    await program.ready();
    const pid = pidOf(await get(port, '/'));
    await assert.rejects(get(port, '/throw'));
    await program.line(new RegExp(`Child ${pid} exited with status 2`));
    assert.match(program.output, /Unhandled exception\n.*Error: the fixture throws\n.*echo-service\.ts:\d+/);
    assert.equal((await get(port, '/')).status, 200);
  });

  it('is throttled as by oslo.service when it dies again and again', async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 4, listen }] });
    for (let count = 1; count < 12 && !program.output.includes('Forking too fast'); count += 1) {
      process.kill(Number((await program.line(/Started child (\d+)/, { count }))[1]), 'SIGKILL');
    }
    assert.match(program.output, /Forking too fast, sleeping/);
    assert.equal((await get(await program.port('echo'), '/')).status, 200);
  });

  it('is replaced when it is alive but stuck, and the watchdog says so', async () => {
    program = new LaunchedProgram({
      services: [{ name: 'echo', module: 'echo-service', workers: 1, listen }],
      env: { OS_DEFAULT__WORKER_WATCHDOG: '1' },
    });
    const port = await program.port('echo');
    await program.ready();
    const stuck = pidOf(await get(port, '/block'));
    assert.notEqual(pidOf(await get(port, '/')), stuck);
    await program.line(new RegExp(`Child ${stuck} has not answered for \\d+ s \\(worker_watchdog\\), replacing it`));
    assert.match(program.output, new RegExp(`Child ${stuck} is stuck at .*echo-service\\.js:\\d+:\\d+`));
  });
});
