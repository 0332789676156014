// [config] watch = true in a real program: a ConfigMap's links are swapped, and all workers end up with the same values.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KeepAliveLoad } from '../../libs/launcher/test/fixtures/keep-alive-load.js';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';

const workers = 3;
const services = [{ name: 'echo', module: 'echo-service', workers, listen: { host: '127.0.0.1', port: 0 } }] as const;

describe('[config] watch', () => {
  let mount = '';
  let program: LaunchedProgram | undefined;
  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), 'albireo-configmap-'));
    publish(0, 'rpc_response_timeout = 10');
    symlinkSync(join('..data', 'albireo.conf'), join(mount, 'albireo.conf'));
  });
  afterEach(async () => {
    await program?.dispose();
    rmSync(mount, { recursive: true, force: true });
  });

  /** As the kubelet does it: a new directory, and `..data` put in the place of the old link in one step. */
  function publish(version: number, lines: string): void {
    const folder = `..version_${version}`;
    mkdirSync(join(mount, folder));
    const text = `[DEFAULT]\nreport_interval = 10\n${lines}\n[config]\nwatch = true\nwatch_delay = 0.05\n`;
    writeFileSync(join(mount, folder, 'albireo.conf'), text);
    symlinkSync(folder, join(mount, '..data_tmp'));
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  }

  async function valuesOfWorkers(port: number): Promise<Map<number, number>> {
    const values = new Map<number, number>();
    for (let round = 0; values.size < workers && round < 100; round += 1) {
      const answer = await get(port, '/');
      const body = JSON.parse(answer.text) as { rpcResponseTimeout: number };
      values.set(pidOf(answer), body.rpcResponseTimeout);
    }
    return values;
  }

  it('follows the swap of the links under load: every worker has the new value, none is exchanged, no request fails', async () => {
    program = new LaunchedProgram({ services, args: ['--config-dir', mount] });
    const port = await program.port('echo');
    await program.ready();
    const before = await valuesOfWorkers(port);
    assert.deepEqual([...before.values()], [10, 10, 10]);
    const load = new KeepAliveLoad(port, 16);
    await load.more(50);
    for (let version = 1; version <= 3; version += 1) {
      const from = program.mark();
      publish(version, `rpc_response_timeout = ${10 + version}`);
      await program.line(/Found changed files, mutating the configuration/, { from });
      await program.line(/fixture echo reset/, { from, count: workers });
      await load.more(50);
    }
    await load.stop();
    assert.deepEqual(load.failures, []);
    const after = await valuesOfWorkers(port);
    assert.deepEqual([...after.values()], [13, 13, 13]);
    assert.deepEqual(new Set(after.keys()), new Set(before.keys()));
    assert.match(program.output, /Option changed: DEFAULT\.rpc_response_timeout: 12 -> 13/);
  });

  it('and SIGHUP go on for 100 reloads under load: no request fails, nothing piles up, all workers agree', async () => {
    program = new LaunchedProgram({ services, args: ['--config-dir', mount], env: { OS_CONFIG__WATCH: 'false' } });
    const port = await program.port('echo');
    await program.ready();
    const load = new KeepAliveLoad(port, 16);
    await load.more(50);
    for (let version = 1; version <= 100; version += 1) {
      const from = program.mark();
      publish(version, `rpc_response_timeout = ${100 + version}`);
      program.signal('SIGHUP');
      await program.line(/fixture echo reset/, { from, count: workers });
    }
    await load.more(50);
    await load.stop();
    assert.deepEqual(load.failures, []);
    assert.deepEqual([...(await valuesOfWorkers(port)).values()], [200, 200, 200]);
    assert.doesNotMatch(
      program.output,
      /MaxListenersExceededWarning|Started child[^]*Started child[^]*Started child[^]*Started child/,
    );
  });

  it('keeps the values when the new file is faulty, and lets the program end', async () => {
    program = new LaunchedProgram({ services, args: ['--config-file', join(mount, 'albireo.conf')] });
    const port = await program.port('echo');
    await program.ready();
    publish(1, 'rpc_response_timeout = soon');
    await program.line(/Not reloaded: .*rpc_response_timeout: expected .*, found "soon"/);
    assert.deepEqual([...(await valuesOfWorkers(port)).values()], [10, 10, 10]);
    publish(2, 'rpc_response_timeout = 12');
    await program.line(/fixture echo reset/, { count: workers });
    assert.deepEqual([...(await valuesOfWorkers(port)).values()], [12, 12, 12]);
    program.signal('SIGTERM');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });
});
