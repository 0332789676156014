// How the real gateway starts, refuses to start and ends, row by row of docs/startup-conformance.md.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { programFile } from '#testing/program';

const gateway = programFile('albireo-gateway');
const folder = mkdtempSync(join(tmpdir(), 'albireo-start-'));
after(() => rmSync(folder, { recursive: true }));

// Nobody listens on port 1: the gateway must start, stop and tell its state without a broker.
const working = {
  OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/',
  OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-test-which-is-long-enough-to-sign',
  OS_HEALTH__LISTEN: '127.0.0.1',
  OS_HEALTH__PORT: '0',
  OS_DEFAULT__ENABLED_APIS: 'osapi_compute',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN: '127.0.0.1',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '0',
  OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '1',
};

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [gateway, ...args], { env: { ...process.env, ...working, ...env } });
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

async function runToEnd(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = start(args, env);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

function configFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function portFile(name: string, port: number): string {
  return configFile(name, `[DEFAULT]\nmetadata_listen_port = ${port}\n`);
}

interface Refusal {
  readonly row: string;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly code: number;
  readonly says: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    row: 'an unknown name in enabled_apis',
    env: { OS_DEFAULT__ENABLED_APIS: 'osapi_compute,bogus' },
    code: 1,
    says: /OS_DEFAULT__ENABLED_APIS: \[DEFAULT\] enabled_apis: .*"bogus" is not one of .*osapi_compute/,
  },
  {
    row: 'an empty enabled_apis',
    env: { OS_DEFAULT__ENABLED_APIS: '' },
    code: 1,
    says: /ERROR .*No APIs were started\. Check the enabled_apis config option\./,
  },
  {
    row: 'a number of workers below 1',
    env: { OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '0' },
    code: 1,
    says: /osapi_compute_workers: expected an integer of at least 1, found "0"/,
  },
  {
    row: 'a number of workers that is none',
    env: { OS_DEFAULT__OSAPI_COMPUTE_WORKERS: 'many' },
    code: 1,
    says: /osapi_compute_workers: expected an integer of at least 1, found "many"/,
  },
  {
    row: 'a backlog below 1',
    env: { OS_DEFAULT__BACKLOG: '0' },
    code: 1,
    says: /OS_DEFAULT__BACKLOG: .*backlog: expected .*found "0"/,
  },
  {
    row: 'a port out of range',
    env: { OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '99999' },
    code: 1,
    says: /osapi_compute_listen_port: expected a port from 0 to 65535, found "99999"/,
  },
  {
    row: 'several faults, all told at once',
    env: { OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '0', OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '99999' },
    code: 1,
    says: /(osapi_compute_workers|osapi_compute_listen_port)[^]*\n[^]*(osapi_compute_workers|osapi_compute_listen_port)/,
  },
  {
    row: 'a configuration file that is not there',
    args: ['--config-file', '/nonexistent.conf'],
    code: 1,
    says: /\/nonexistent\.conf: the configuration file does not exist/,
  },
  {
    row: 'a configuration directory that is not there',
    args: ['--config-dir', '/nonexistent.d'],
    code: 1,
    says: /\/nonexistent\.d: the configuration directory does not exist/,
  },
  {
    row: 'an option before the first section',
    args: ['--config-file', configFile('early.conf', 'a = 1\n')],
    code: 1,
    says: /early\.conf:1: a section, as \[DEFAULT\], must come before the first option/,
  },
  {
    row: 'an indented line that continues nothing',
    args: ['--config-file', configFile('indented.conf', '[DEFAULT]\n  n 5\n')],
    code: 1,
    says: /indented\.conf:2: /,
  },
  {
    row: 'an unknown option in a file',
    args: ['--config-file', configFile('unknown.conf', '[DEFAULT]\nno_such_option = 1\n')],
    code: 1,
    says: /unknown\.conf:2: \[DEFAULT\] no_such_option: unknown option/,
  },
  {
    row: 'a paste file that is not there',
    env: { OS_WSGI__API_PASTE_CONFIG: '/nonexistent/paste.ini' },
    code: 1,
    says: /Could not find config at \/nonexistent\/paste\.ini/,
  },
  {
    row: 'APIs that the paste file does not define, if there is no other',
    env: { OS_WSGI__API_PASTE_CONFIG: configFile('none.ini', '[composite:image]\nuse = egg:Paste#urlmap\n') },
    code: 1,
    says: /WARNING .*osapi_compute is not started: [^]*No APIs were started\. Check the enabled_apis config option\./,
  },
  {
    row: 'a fault in the last of several files, which wins',
    args: ['--config-file', portFile('first.conf', 99991), '--config-file', portFile('second.conf', 99992)],
    code: 1,
    says: /second\.conf:2: \[DEFAULT\] metadata_listen_port: .*found "99992"/,
  },
  {
    row: 'a fault in the environment, which wins over files',
    args: ['--config-file', portFile('third.conf', 8775)],
    env: { OS_DEFAULT__METADATA_LISTEN_PORT: '99993' },
    code: 1,
    says: /metadata_listen_port: .*found "99993"/,
  },
  { row: 'an unknown argument', args: ['--bogus'], code: 2, says: /unrecognized arguments: --bogus/ },
];

describe('the gateway refuses, in one line each and without a stack,', () => {
  for (const { row, args = [], env = {}, code, says } of refusals) {
    it(row, async () => {
      const ended = await runToEnd(args, env);
      assert.equal(ended.code, code, ended.output);
      assert.match(ended.output, says);
      assert.doesNotMatch(ended.output, /\n\s+at /);
    });
  }

  it('a port in use, naming who holds it', async () => {
    const holder = createServer();
    await once(holder.listen(0, '127.0.0.1'), 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ended = await runToEnd([], { OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: String(port) });
    holder.close();
    assert.equal(ended.code, 1, ended.output);
    assert.match(
      ended.output,
      new RegExp(`osapi_compute to 127.0.0.1:${port}: the port is in use by pid ${process.pid} `),
    );
    assert.doesNotMatch(ended.output, /Starting \d+ workers/);
  });
});

describe('the gateway answers', () => {
  it('--version, exit 0', async () => {
    const ended = await runToEnd(['--version']);
    assert.equal(ended.code, 0);
    assert.match(ended.output, /^albireo-gateway \d+\.\d+\.\d+\n$/);
  });

  it('--help with its command line options, exit 0', async () => {
    const ended = await runToEnd(['--help']);
    assert.equal(ended.code, 0);
    for (const flag of ['--config-file', '--config-dir', '--debug', '--version'])
      assert.ok(ended.output.includes(flag));
  });
});

describe('the gateway starts', () => {
  it('the APIs that the paste file defines, with a warning for the others', async () => {
    const own = readFileSync(new URL('../../../etc/api-paste.ini', import.meta.url), 'utf8');
    const paste = configFile('partial.ini', own.replace('[composite:metadata]', '[composite:elsewhere]'));
    const child = start([], { OS_WSGI__API_PASTE_CONFIG: paste, OS_DEFAULT__ENABLED_APIS: 'metadata,osapi_compute' });
    let output = '';
    const listening = new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Starting 1 workers')) resolve();
      });
    });
    const ended = once(child, 'close');
    await Promise.race([listening, ended]);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null], output);
    assert.match(output, /WARNING .*enabled_apis: metadata is not started: /);
    assert.match(output, /osapi_compute listening on/);
    assert.doesNotMatch(output, /metadata listening on/);
  });

  it('with the lines of the originals in their order, and ends with 0 on SIGTERM', async () => {
    const child = start([], {
      OS_DEFAULT__ENABLED_APIS: 'metadata,osapi_compute',
      OS_DEFAULT__METADATA_LISTEN: '127.0.0.1',
      OS_DEFAULT__METADATA_LISTEN_PORT: '0',
      OS_DEFAULT__METADATA_WORKERS: '1',
    });
    let output = '';
    const lines = new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('no connection to the broker')) resolve();
      });
    });
    const ended = once(child, 'close');
    await Promise.race([lines, ended]);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null], output);
    const order = [
      /health listening on 127\.0\.0\.1:\d+/,
      /metadata listening on 127\.0\.0\.1:\d+/,
      /Starting 1 workers service=metadata/,
      /osapi_compute listening on 127\.0\.0\.1:\d+/,
      /Starting 1 workers service=osapi_compute/,
      /Caught SIGTERM, stopping children/,
      /Waiting on 2 children to exit/,
      /Child \d+ exited with status 0/,
    ].map((pattern) => output.search(pattern));
    assert.ok(!order.includes(-1), output);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  it('and writes its options at DEBUG with secrets masked when debug is set', async () => {
    const child = start(['--debug'], { OS_KEYSTONE_AUTHTOKEN__AUTH_URL: 'http://user:word-in-a-url@127.0.0.1:1/v3' });
    let output = '';
    const seen = new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/transport_url += \*\*\*\*/.test(output)) resolve();
      });
    });
    const ended = once(child, 'close');
    await Promise.race([seen, ended]);
    child.kill('SIGTERM');
    await ended;
    assert.match(output, /DEBUG .*transport_url += \*\*\*\*/);
    assert.doesNotMatch(output, /guest:guest|long-enough-to-sign|word-in-a-url/);
  });
});
