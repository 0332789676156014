import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { get, LaunchedProgram } from '../../libs/launcher/test/fixtures/launched-program.js';

const services = [
  { name: 'echo', module: 'echo-service', workers: 2, listen: { host: '127.0.0.1', port: 0 } },
] as const;
const controlC = '\u0003';

describe('Ctrl-C on a terminal', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('finishes what is in flight and exits 0', async () => {
    program = new LaunchedProgram({ services, terminal: true });
    const port = await program.port('echo');
    await program.ready();
    const held = get(port, '/wait?ms=300');
    await program.line(/fixture holds a request/);
    program.type(controlC);
    assert.equal((await held).status, 200);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.match(program.output, /Caught SIGINT, stopping children/);
    assert.equal(program.output.match(/Child \d+ exited with status 0/g)?.length, 2);
  });

  it('counts once when npm forwards it too', async () => {
    program = new LaunchedProgram({ services, terminal: true });
    const port = await program.port('echo');
    await program.ready();
    const parent = Number((await program.line(/ (\d+) INFO albireo\.launcher /))[1]);
    const held = get(port, '/wait?ms=300');
    await program.line(/fixture holds a request/);
    program.type(controlC);
    await program.line(/Caught SIGINT/);
    process.kill(parent, 'SIGINT');
    assert.equal((await held).status, 200);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  it('waits for 2 s at most', async () => {
    program = new LaunchedProgram({ services, terminal: true });
    const port = await program.port('echo');
    await program.ready();
    const held = get(port, '/never').catch((error: unknown) => error);
    await program.line(/fixture holds a request/);
    program.type(controlC);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.ok((await held) instanceof Error);
  });

  it('twice exits 1 at once', async () => {
    program = new LaunchedProgram({ services, terminal: true });
    const port = await program.port('echo');
    await program.ready();
    const held = get(port, '/never').catch((error: unknown) => error);
    await program.line(/fixture holds a request/);
    program.type(controlC);
    await program.line(/Waiting on 2 children to exit/);
    // A second press, as a hand does it: what comes within 0.4 s is taken for the same one.
    await pause(500);
    program.type(controlC);
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    await held;
  });
});

describe('SIGHUP to a program in the foreground of a terminal', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('stops it as SIGTERM does', async () => {
    program = new LaunchedProgram({ services, terminal: true });
    await program.ready();
    const parent = Number((await program.line(/ (\d+) INFO albireo\.launcher .*All services are ready/))[1]);
    process.kill(parent, 'SIGHUP');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.match(program.output, /Caught SIGHUP, stopping children/);
  });
});

describe('[oslo_reports]', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('writes the state report to a file when another file is touched', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-report-'));
    try {
      const trigger = join(folder, 'trigger');
      await writeFile(trigger, '');
      program = new LaunchedProgram({
        services,
        env: { OS_OSLO_REPORTS__LOG_DIR: folder, OS_OSLO_REPORTS__FILE_EVENT_HANDLER: trigger },
      });
      await program.ready();
      await utimes(trigger, new Date(), new Date(Date.now() + 5000));
      const file = (await program.line(/State report written to (\S+)/))[1] ?? '';
      const report = await readFile(file, 'utf8');
      assert.match(file, /\/albireo-fixture_gurumeditation_\d{14}$/);
      assert.match(report, /echo worker 1: pid \d+, ready/);
      assert.match(report, /==\s+Configuration\s+==/);
      assert.equal((await readdir(folder)).length, 2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that cannot be written never stops the program', async () => {
    program = new LaunchedProgram({ services, env: { OS_OSLO_REPORTS__LOG_DIR: '/nonexistent' } });
    const port = await program.port('echo');
    await program.ready();
    program.signal('SIGUSR2');
    await program.line(/ERROR .*Could not write the state report/);
    assert.equal((await get(port, '/')).status, 200);
  });
});
