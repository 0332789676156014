// How the real albireo-server lives: its two halves, its workers and its signals, row by row of docs/startup-conformance.md.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { missingPythonModules } from '#testing/peers';
import { Program, runProgram } from '#testing/program';
import { KeepAliveLoad } from '../../libs/launcher/test/fixtures/keep-alive-load.js';
import { get } from '../../libs/launcher/test/fixtures/launched-program.js';
import { PythonPeer } from '../../libs/messaging/test/python-peer.js';

const embedded = {
  OS_DEFAULT__ENABLED_APIS: 'osapi_compute',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '0',
  OS_HEALTH__PORT: '0',
  OS_IDENTITY__ADMIN_PASSWORD: 'a-password-of-this-test',
  OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-test-which-is-long-enough-to-sign',
};
const nowhere = { OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/' };

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'albireo-server-'));
});
after(() => rm(folder, { recursive: true, force: true }));

function environment(env: Record<string, string>): Record<string, string> {
  return { ...embedded, OS_DEFAULT__STATE_PATH: join(folder, 'state'), ...env };
}

const lastLine = (program: Program): string => program.output.trimEnd().split('\n').at(-1) ?? '';

describe('albireo-server without one of its halves', () => {
  it('says neutron\'s "No known API applications configured.", exit 1', async () => {
    const { code, output } = await runProgram('albireo-server', {
      env: environment({ OS_DEFAULT__ENABLED_APIS: '' }),
    });
    assert.equal(code, 1);
    assert.match(output, /ERROR .*No known API applications configured\./);
  });

  it('says it too when the paste file has none of them', async () => {
    const paste = join(folder, 'empty-paste.ini');
    await writeFile(paste, '[composite:metadata]\nuse = egg:Paste#urlmap\n');
    const { code, output } = await runProgram('albireo-server', {
      env: environment({ OS_WSGI__API_PASTE_CONFIG: paste }),
    });
    assert.equal(code, 1);
    assert.match(output, /WARNING .*enabled_apis: osapi_compute is not started: /);
    assert.match(output, /ERROR .*No known API applications configured\./);
  });

  it('goes on with the API alone for rpc_workers = 0, and says so', async () => {
    const program = new Program('albireo-server', {
      env: environment({ ...nowhere, OS_DEFAULT__RPC_WORKERS: '0', OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '1' }),
    });
    try {
      await program.waitForOutput(/RPC was already started in parent process by plugin\./);
      await program.waitForOutput(/osapi_compute listening on 127\.0\.0\.1:\d+/);
      const health = Number((await program.waitForOutput(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
      await program.waitForOutput(/no connection to the broker/);
      assert.doesNotMatch((await get(health, '/readyz?verbose')).text, /worker:/);
      assert.equal(await program.stop(), 0);
    } finally {
      await program.kill();
    }
  });

  it('refuses rpc_workers = 0 where no other worker could be reached', async () => {
    const { code, output } = await runProgram('albireo-server', { env: environment({ OS_DEFAULT__RPC_WORKERS: '0' }) });
    assert.equal(code, 1);
    assert.match(output, /rpc_workers = 0: workers elsewhere are reached over transport_url = rabbit:/);
  });

  it('refuses a restart_method that there is not', async () => {
    const { code, output } = await runProgram('albireo-server', {
      env: environment({ OS_DEFAULT__RESTART_METHOD: 'exec' }),
    });
    assert.equal(code, 1);
    assert.match(output, /restart_method: expected one of mutate, reload, found "exec"/);
  });

  it('drains and exits 1 when an API cannot be created: the last line says which half and why', async () => {
    const noPem = join(folder, 'no.pem');
    await writeFile(noPem, 'neither certificate nor key\n');
    const program = new Program('albireo-server', {
      env: environment({
        ...nowhere,
        OS_DEFAULT__RPC_WORKERS: '0',
        OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '1',
        OS_DEFAULT__ENABLED_SSL_APIS: 'osapi_compute',
        OS_WSGI__SSL_CERT_FILE: noPem,
        OS_WSGI__SSL_KEY_FILE: noPem,
      }),
    });
    assert.deepEqual(await program.ended, { code: 1, signal: null });
    assert.match(program.output, /CRITICAL .*Unrecoverable error: please check log for details\./);
    assert.match(
      lastLine(program),
      /the api half \(osapi_compute\) ended first: .*ssl_cert_file.* cannot be used together: .*the rest was drained, exiting with 1/,
    );
  });
});

describe('albireo-server on RabbitMQ and PostgreSQL', () => {
  let broker: Broker;
  let database: TestDatabase;
  let env: Record<string, string>;

  before(async () => {
    [broker, database] = await Promise.all([startBroker(), startDatabase()]);
    env = environment({
      OS_DEFAULT__TRANSPORT_URL: broker.url,
      OS_DEFAULT__CONTROL_EXCHANGE: `halves-${process.pid}`,
      OS_DATABASE__CONNECTION: database.url,
      OS_DEFAULT__RPC_WORKERS: '1',
      OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '1',
    });
    const sync = await runProgram('albireo-manage', { args: ['db', 'sync'], env });
    assert.equal(sync.code, 0, sync.output);
  });
  after(async () => {
    await Promise.all([broker?.stop(), database?.stop()]);
  });

  const noPython = missingPythonModules('oslo_messaging');
  it('drains its API half when the worker half ends for good, exit 1', { skip: noPython }, async () => {
    const exchange = `foreign-${process.pid}`;
    const peer = new PythonPeer('serve', broker.url, exchange, 'conductor', 'py1');
    await peer.next();
    const program = new Program('albireo-server', { env: { ...env, OS_DEFAULT__CONTROL_EXCHANGE: exchange } });
    try {
      assert.deepEqual(await program.ended, { code: 1, signal: null });
      assert.match(program.output, /Waiting on 1 children to exit half=api/);
      assert.match(
        lastLine(program),
        /the rpc half \(worker\) ended first: servers of another product consume from topic "conductor".*exiting with 1/,
      );
    } finally {
      await peer.stop();
    }
  });

  it('lives: names, report, a killed worker, SIGHUP both ways, SIGTERM', async () => {
    const file = join(folder, 'live.conf');
    await writeFile(file, '[DEFAULT]\nrestart_method = mutate\ndebug = false\n');
    const program = new Program('albireo-server', { env, args: ['--config-file', file] });
    try {
      await program.waitForOutput(/All services are ready/);
      const port = Number((await program.waitForOutput(/osapi_compute listening on 127\.0\.0\.1:(\d+)/))[1]);
      const health = (await program.waitForOutput(/health listening on 127\.0\.0\.1:(\d+)/))[1] ?? '';
      const [worker, api] = [...program.output.matchAll(/Started child (\d+)/g)].map((match) => Number(match[1]));
      assert.ok(worker !== undefined && api !== undefined);
      assert.match(await readFile(`/proc/${worker}/cmdline`, 'utf8'), /^albireo-server: worker worker\0/);
      assert.match(await readFile(`/proc/${api}/cmdline`, 'utf8'), /^albireo-server: osapi_compute worker\0/);

      const ask = (): Promise<{ code: number | null; output: string }> =>
        runProgram('albireo-manage', { args: ['report', '--json', '--port', health], env });
      let report = await ask();
      // On a busy machine a worker may need more than the second that a report takes at most.
      for (let again = 0; again < 30 && report.output.includes('"answered": false'); again += 1) report = await ask();
      assert.equal(report.code, 0, report.output);
      const state = JSON.parse(report.output) as { workers: { pid: number }[] };
      assert.deepEqual(
        state.workers.map(({ pid }) => pid),
        [worker, api],
      );
      assert.match(report.output, /"database": \{\s+"embedded": false,\s+"connections": \{\s+"total": \d/);
      assert.match(report.output, /"broker": \{\s+"connected": true/);
      assert.match(report.output, /"transport_url": "\*\*\*\*"/);
      program.signal('SIGUSR2');
      await program.waitForOutput(/==\s+Configuration\s+==[^]*signing_keys += \*\*\*\*/);

      process.kill(api, 'SIGKILL');
      await program.waitForOutput(new RegExp(`Child ${api} killed by signal 9`));
      assert.equal((await get(port, '/')).status, 200);

      const load = new KeepAliveLoad(port, 8);
      await load.more(50);
      await writeFile(file, '[DEFAULT]\nrestart_method = mutate\ndebug = true\nreport_interval = 11\n');
      program.signal('SIGHUP');
      await program.waitForOutput(/Option changed: DEFAULT\.debug/);
      await program.waitForOutput(/Ignoring change to immutable option DEFAULT\.report_interval/);
      await load.more(50);
      program.signal('SIGTERM');
      await load.untilRefused();
      assert.deepEqual(load.failures, []);
      assert.deepEqual(await program.ended, { code: 0, signal: null });
      const order = ['Caught SIGTERM', 'Not ready', 'Stopped accepting', 'half=api', 'half=rpc', 'Exiting with 0'];
      const places = order.map((text) => program.output.indexOf(text));
      assert.ok(!places.includes(-1));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
    } finally {
      await program.kill();
    }
  });

  it('exchanges its workers under load without a failed request, and they go when it is killed', async () => {
    const program = new Program('albireo-server', { env: { ...env, OS_DEFAULT__RESTART_METHOD: 'reload' } });
    try {
      await program.waitForOutput(/All services are ready/);
      const port = Number((await program.waitForOutput(/osapi_compute listening on 127\.0\.0\.1:(\d+)/))[1]);
      const load = new KeepAliveLoad(port, 8);
      await load.more(50);
      program.signal('SIGHUP');
      await program.waitForOutput(/Reloaded all workers/);
      await load.more(50);
      await load.stop();
      assert.deepEqual(load.failures, []);
      program.signal('SIGKILL');
      // `ended` waits for the pipes, which the workers hold until they have gone.
      assert.deepEqual(await program.ended, { code: null, signal: 'SIGKILL' });
      assert.equal(program.output.match(/Parent process has died unexpectedly, exiting/g)?.length, 2);
    } finally {
      await program.kill();
    }
  });
});
