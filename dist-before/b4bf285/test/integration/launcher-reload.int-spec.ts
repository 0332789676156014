import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { KeepAliveLoad } from '../../libs/launcher/test/fixtures/keep-alive-load.js';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';

const services = [
  { name: 'echo', module: 'echo-service', workers: 2, listen: { host: '127.0.0.1', port: 0 } },
] as const;

describe('SIGHUP', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('with restart_method reload exchanges all workers under load without a failed request', async () => {
    program = new LaunchedProgram({ services, env: { OS_DEFAULT__RESTART_METHOD: 'reload' } });
    const port = await program.port('echo');
    await program.ready();
    const load = new KeepAliveLoad(port, 64);
    await load.more(300);
    const before = new Set(load.pids);
    for (let reload = 0; reload < 3; reload += 1) {
      const from = program.mark();
      program.signal('SIGHUP');
      await program.line(/Reloaded all workers/, { from });
      await load.more(300);
    }
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.equal(before.size, 2);
    const pid = pidOf(await get(port, '/'));
    assert.ok(!before.has(pid));
    for (const old of before) await program.line(new RegExp(`Child ${old} exited with status 0`));
  });

  it('with restart_method reload lets services that run together end before they start again, and fails no request', async () => {
    program = new LaunchedProgram({
      services: [
        { name: 'tasks', module: 'task-service', workers: 1 },
        { ...services[0], workers: 1 },
      ],
      together: true,
      env: { OS_DEFAULT__RESTART_METHOD: 'reload' },
    });
    const port = await program.port('echo');
    await program.ready();
    const load = new KeepAliveLoad(port, 16);
    await load.more(100);
    program.signal('SIGHUP');
    await program.line(/Reloaded all workers/);
    await load.more(100);
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.equal(load.pids.size, 2);
    const order = ['fixture tasks stopped', 'exited with status 0', 'Started child', 'consumes'];
    const places = order.map((text) => program.output.lastIndexOf(text));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it('with restart_method reload gives new workers the values that cannot change in place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-reload-'));
    try {
      const file = join(folder, 'a.conf');
      await writeFile(file, '[DEFAULT]\nrestart_method = reload\nreport_interval = 10\n');
      program = new LaunchedProgram({ services, args: ['--config-file', file] });
      const port = await program.port('echo');
      await program.ready();
      assert.match((await get(port, '/')).text, /"reportInterval":10/);
      await writeFile(file, '[DEFAULT]\nrestart_method = reload\nreport_interval = 11\n');
      program.signal('SIGHUP');
      await program.line(/Reloaded all workers/);
      assert.match((await get(port, '/')).text, /"reportInterval":11/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('with restart_method mutate changes mutable options in place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-mutate-'));
    try {
      const file = join(folder, 'a.conf');
      await writeFile(file, '[DEFAULT]\ndebug = false\nreport_interval = 10\n');
      program = new LaunchedProgram({ services, args: ['--config-file', file] });
      const port = await program.port('echo');
      await program.ready();
      const load = new KeepAliveLoad(port, 16);
      await load.more(100);
      await writeFile(file, '[DEFAULT]\ndebug = true\nreport_interval = 11\n');
      program.signal('SIGHUP');
      await program.line(/fixture echo reset/, { count: 2 });
      await load.more(100);
      await load.stop();
      assert.deepEqual(load.failures, []);
      assert.equal(load.pids.size, 2);
      assert.match(program.output, /Caught SIGHUP, mutating the configuration/);
      assert.match(program.output, /Option changed: DEFAULT\.debug/);
      assert.match(program.output, /Ignoring change to immutable option DEFAULT\.report_interval/);
      const from = program.mark();
      await writeFile(file, '[DEFAULT]\ndebug = perhaps\n');
      program.signal('SIGHUP');
      await program.line(/Not reloaded: /, { from });
      assert.equal((await get(port, '/')).status, 200);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is not needed with [config] watch: a changed file is taken over', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-watch-'));
    try {
      // As in a mounted ConfigMap: the file is a link through a link, which is swapped.
      const text = (debug: boolean): string => `[DEFAULT]\ndebug = ${debug}\n[config]\nwatch = true\n`;
      for (const debug of [false, true]) {
        await mkdir(join(folder, `..${debug}`));
        await writeFile(join(folder, `..${debug}`, 'a.conf'), text(debug));
      }
      await symlink('..false', join(folder, '..data'));
      await symlink('..data/a.conf', join(folder, 'a.conf'));
      program = new LaunchedProgram({ services, args: ['--config-file', join(folder, 'a.conf')] });
      await program.ready();
      await symlink('..true', join(folder, '..new'));
      await rename(join(folder, '..new'), join(folder, '..data'));
      await program.line(/Found changed files, mutating the configuration/);
      await program.line(/fixture echo reset/, { count: 2 });
      assert.match(program.output, /Option changed: DEFAULT\.debug: false -> true/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
