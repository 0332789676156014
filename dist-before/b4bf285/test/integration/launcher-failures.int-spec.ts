import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { get, LaunchedProgram } from '../../libs/launcher/test/fixtures/launched-program.js';

const listen = { host: '127.0.0.1', port: 0 };

describe('a program that cannot go on', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('because its port is in use names the holder and exits 1 before it forks', async () => {
    const holder = createServer();
    await once(holder.listen(0, '127.0.0.1'), 'listening');
    const address = holder.address();
    assert.ok(typeof address === 'object' && address !== null);
    const service = { name: 'echo', module: 'echo-service', workers: 1 } as const;
    program = new LaunchedProgram({ services: [{ ...service, listen: { ...listen, port: address.port } }] });
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    holder.close();
    assert.match(program.output, new RegExp(`Could not bind echo to 127.0.0.1:${address.port}: .*pid ${process.pid} `));
    assert.doesNotMatch(program.output, /Starting 1 workers|\n\s+at /);
  });

  it('because a service cannot be created says so, drains the other half and exits 1', async () => {
    program = new LaunchedProgram({
      services: [
        { name: 'echo', module: 'echo-service', workers: 1, listen, half: 'api' },
        { name: 'rpc', module: 'echo-service', workers: 1, half: 'rpc', settings: { failCreate: true } },
      ],
    });
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    assert.match(program.output, /Unrecoverable error: please check log for details\./);
    assert.match(program.output, /the rpc half \(rpc\) ended first: the fixture was told to fail at creation/);
    assert.match(program.output.trimEnd().split('\n').at(-1) ?? '', /ended first.*exiting with 1/);
  });

  it('because it was told to launch what is no service, or no worker, or nothing, exits 1', async () => {
    for (const [services, says] of [
      [
        [{ name: 'echo', module: 'echo-service', workers: 0 }],
        /error: echo workers value of 0 is invalid, must be greater than 0/,
      ],
      [
        [{ name: 'echo', module: 'test-certificate', workers: 1 }],
        /Unrecoverable error: .*exports no function createService/,
      ],
      [[], /error: No service was launched, there is nothing to wait for/],
    ] as const) {
      program = new LaunchedProgram({ services });
      assert.deepEqual(await program.ended, { code: 1, signal: null });
      assert.match(program.output, says);
    }
  });

  it('because a running service gave up drains the other half first', async () => {
    program = new LaunchedProgram({
      services: [
        { name: 'tasks', module: 'task-service', workers: 1, half: 'rpc' },
        { name: 'echo', module: 'echo-service', workers: 1, listen, half: 'api' },
      ],
    });
    const port = await program.port('echo');
    await program.ready();
    await get(port, '/give-up');
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    assert.match(program.output, /the api half \(echo\) ended first: the fixture gives up/);
    assert.ok(program.output.indexOf('fixture echo stopped') < program.output.indexOf('fixture tasks stopped'));
  });

  it('is told apart from one whose service fails at start: that is tried again, unready, and can be ended', async () => {
    program = new LaunchedProgram({
      services: [{ name: 'echo', module: 'echo-service', workers: 4, listen, settings: { failStart: true } }],
    });
    await program.line(/echo is in a crash loop: 5 workers in a row ended before they were ready/);
    const health = Number((await program.line(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
    const ready = await get(health, '/readyz?verbose');
    assert.equal(ready.status, 503);
    assert.match(ready.text, /crash loop; pid \d+ exited with status 1 \(the fixture was told to fail at start\)/);
    assert.equal((await get(health, '/startupz')).status, 503);
    assert.equal((await get(health, '/livez')).status, 200);
    program.signal('SIGTERM');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });
});

describe('a crash loop', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('ends by itself when its cause goes away', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-loop-'));
    const failUntil = join(folder, 'needed');
    program = new LaunchedProgram({
      services: [{ name: 'echo', module: 'echo-service', workers: 4, listen, settings: { failUntil } }],
    });
    await program.line(/echo is in a crash loop/);
    const health = Number((await program.line(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
    assert.match((await get(health, '/readyz?verbose')).text, /the file of the fixture is not there/);
    await writeFile(failUntil, '');
    await program.line(/echo has recovered: worker \d+ is ready/);
    await program.ready();
    const ready = await get(health, '/readyz?verbose');
    assert.equal(ready.status, 200);
    assert.doesNotMatch(ready.text, /crash loop|is not there/);
    await rm(folder, { recursive: true });
  });
});

describe('a service that cannot be loaded', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());
  const bad = { name: 'bad', module: 'echo-service', workers: 2, listen, settings: { notLoadable: true } } as const;

  for (const together of [false, true]) {
    it(`is left out with a warning, the others go on (${together ? 'in one worker' : 'in workers of their own'})`, async () => {
      const good = { name: 'good', module: 'echo-service', workers: 1, listen } as const;
      program = new LaunchedProgram({ services: [bad, good], together });
      await program.line(/WARNING .*Could not load bad, it is left out: the fixture has no section/);
      await program.ready();
      assert.equal((await get(await program.port('good'), '/')).status, 200);
      await assert.rejects(get(await program.port('bad'), '/'), { code: 'ECONNREFUSED' });
      const health = Number((await program.line(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
      assert.equal((await get(health, '/readyz')).status, 200);
      assert.equal(program.output.match(/Could not load bad/g)?.length, 1);
    });
  }

  it('and is the only one ends the program, exit 1', async () => {
    program = new LaunchedProgram({ services: [bad] });
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    assert.match(program.output, /ERROR .*No service was started/);
  });
});

describe('services that run together', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('share one worker, start in order and stop in reverse after the requests', async () => {
    program = new LaunchedProgram({
      together: true,
      services: [
        { name: 'tasks', module: 'task-service', workers: 1 },
        { name: 'one', module: 'echo-service', workers: 1, listen },
        { name: 'two', module: 'echo-service', workers: 1, listen },
      ],
    });
    const one = await get(await program.port('one'), '/');
    const two = await get(await program.port('two'), '/');
    assert.equal(one.text, two.text);
    await program.ready();
    const held = get(await program.port('two'), '/wait?ms=300');
    await program.line(/fixture holds a request/);
    program.signal('SIGTERM');
    assert.equal((await held).status, 200);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    const stopped = [...program.output.matchAll(/fixture (\w+) stopped/g)].map((match) => match[1]);
    assert.deepEqual(stopped, ['two', 'one', 'tasks']);
  });
});

describe('readiness and the state report', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('tell why a service is not ready, and answer while a worker is busy', async () => {
    program = new LaunchedProgram({
      services: [{ name: 'echo', module: 'echo-service', workers: 1, listen }],
      env: { OS_DATABASE__CONNECTION: 'postgresql://albireo:hunter2@127.0.0.1/albireo' },
    });
    const port = await program.port('echo');
    await program.ready();
    const health = Number((await program.line(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
    await get(port, '/unready');
    const ready = await get(health, '/readyz?verbose');
    assert.equal(ready.status, 503);
    assert.match(ready.text, /\[-\] echo: 0 of 1 workers ready; told so/);

    void get(port, '/wait?ms=10000&password=hidden').catch(() => undefined);
    await program.line(/fixture holds a request/);
    program.signal('SIGUSR2');
    await program.line(/==\s+Configuration\s+==/);
    await program.line(/database\.connection += \*\*\*\*/);
    // On a busy machine a worker may need more than the second that a report takes at most.
    for (let again = 0; again < 8 && !program.output.includes('"path": "/wait"'); again += 1) {
      const before = program.mark();
      program.signal('SIGUSR2');
      await program.line(/==\s+Configuration\s+==/, { from: before });
    }
    assert.match(program.output, /"path": "\/wait"/);
    assert.doesNotMatch(program.output, /hidden|hunter2/);

    const from = program.mark();
    await get(port, '/block');
    program.signal('SIGUSR2');
    await program.line(/DID NOT ANSWER within a second/, { from });
    assert.equal((await get(health, '/livez')).status, 200);
    process.kill(program.pid, 'SIGINT');
    assert.deepEqual(await program.ended, { code: 1, signal: null });
  });
});
