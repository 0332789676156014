// How the real gateway listens, and what becomes of its processes, row by row of docs/startup-conformance.md.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Program, programFile, runProgram } from '#testing/program';
import { get } from '../../libs/launcher/test/fixtures/launched-program.js';
import { testCertificate, testKey } from '../../libs/launcher/test/fixtures/test-certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'albireo-listening-'));
after(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const certFile = file('cert.pem', testCertificate);
const keyFile = file('key.pem', testKey);

const working = {
  OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/',
  OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-test-which-is-long-enough-to-sign',
  OS_HEALTH__PORT: '-1',
  OS_DEFAULT__ENABLED_APIS: 'osapi_compute',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN: '127.0.0.1',
  OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: '0',
  OS_DEFAULT__OSAPI_COMPUTE_WORKERS: '1',
  OS_DEFAULT__METADATA_LISTEN: '127.0.0.1',
  OS_DEFAULT__METADATA_LISTEN_PORT: '0',
  OS_DEFAULT__METADATA_WORKERS: '1',
};
const tls = {
  OS_DEFAULT__ENABLED_SSL_APIS: 'osapi_compute',
  OS_WSGI__SSL_CERT_FILE: certFile,
  OS_WSGI__SSL_KEY_FILE: keyFile,
};

async function withGateway(env: Record<string, string>, use: (program: Program) => Promise<void>): Promise<void> {
  const program = new Program('albireo-gateway', { env: { ...working, ...env } });
  try {
    await use(program);
  } finally {
    await program.kill();
  }
}

async function portOf(program: Program, api: string): Promise<number> {
  return Number((await program.waitForOutput(new RegExp(`${api} listening on 127\\.0\\.0\\.1:(\\d+)`)))[1]);
}

async function statusOverTls(port: number, identity: { cert?: string; key?: string }): Promise<number> {
  const agent = new Agent({ ...identity, ca: testCertificate });
  const sent = requestTls({ host: 'localhost', port, agent, family: 4 });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  agent.destroy();
  return response.statusCode ?? 0;
}

describe('an API of enabled_ssl_apis', () => {
  it('is reached over TLS with a certificate of ssl_ca_file only, the others over plain HTTP', async () => {
    const env = { ...tls, OS_DEFAULT__ENABLED_APIS: 'osapi_compute,metadata', OS_WSGI__SSL_CA_FILE: certFile };
    await withGateway(env, async (program) => {
      const port = await portOf(program, 'osapi_compute');
      const client = { cert: testCertificate, key: testKey };
      assert.equal(await statusOverTls(port, client), 200);
      await assert.rejects(statusOverTls(port, {}));
      assert.equal((await get(await portOf(program, 'metadata'), '/')).status, 200);
      assert.equal(await program.stop(), 0);
    });
  });

  it('asks for no certificate without ssl_ca_file', async () => {
    await withGateway(tls, async (program) => {
      assert.equal(await statusOverTls(await portOf(program, 'osapi_compute'), {}), 200);
    });
  });

  const refusals: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['a certificate without its key', { OS_WSGI__SSL_KEY_FILE: '' }, /ssl_key_file/],
    ['a file that is not there', { OS_WSGI__SSL_CA_FILE: '/nowhere' }, /\[wsgi\] ssl_ca_file: cannot read \/nowhere: /],
    ['files that do not fit', { OS_WSGI__SSL_KEY_FILE: certFile }, /ssl_key_file.* cannot be used together: /],
  ];
  for (const [what, env, says] of refusals) {
    it(`stops the start with ${what}`, async () => {
      const { code, output } = await runProgram('albireo-gateway', { env: { ...working, ...tls, ...env } });
      assert.equal(code, 1, output);
      assert.match(output, says);
    });
  }
});

describe('an API over HTTP', () => {
  it('bounds URLs and headers, answers /healthcheck, and closes after each answer without keep_alive', async () => {
    const env = {
      OS_WSGI__MAX_URL_LEN: '100',
      OS_WSGI__MAX_HEADER_LINE: '2000',
      OS_WSGI__KEEP_ALIVE: 'false',
    };
    await withGateway(env, async (program) => {
      const port = await portOf(program, 'osapi_compute');
      assert.equal((await get(port, `/${'a'.repeat(100)}`)).status, 414);
      const healthy = await get(port, '/healthcheck');
      assert.deepEqual([healthy.status, healthy.headers.connection], [200, 'close']);
      const sent = requestPlain({ host: '127.0.0.1', port, headers: { 'x-long': 'a'.repeat(2000) } });
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      assert.equal(response.statusCode, 431);
      assert.equal((await get(port, '/')).status, 200);
      await program.waitForOutput(
        /INFO .*127\.0\.0\.1 "GET \/" status: 200 len: \d+ .*time: \d.* request: req-[0-9a-f-]{36}/,
      );
    });
  });

  it('closes an idle keep-alive connection on SIGTERM, and exits 0', async () => {
    await withGateway({}, async (program) => {
      const socket = connect(await portOf(program, 'osapi_compute'), '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n');
      await once(socket, 'data');
      const closed = once(socket, 'close');
      program.signal('SIGTERM');
      await closed;
      assert.equal((await program.ended).code, 0);
      assert.match(program.output, /Finishing the requests in flight requests=0 connections=1 budget=60 s/);
      assert.match(program.output, /All requests are answered, all connections closed/);
      assert.match(program.output, /Stopped osapi_compute/);
    });
  });
});

describe('a gateway of one API', () => {
  for (const [name, api] of [
    ['albireo-gateway-compute', 'osapi_compute'],
    ['albireo-gateway-metadata', 'metadata'],
  ] as const) {
    it(`serves it alone, whatever enabled_apis says: ${name}`, async () => {
      const env = { ...working, OS_DEFAULT__ENABLED_APIS: 'osapi_compute,metadata' };
      const program = new Program(name, { env });
      try {
        assert.equal((await get(await portOf(program, api), '/')).status, 200);
        assert.equal((await get(await portOf(program, api), '/healthcheck')).status, 200);
        assert.equal(await program.stop(), 0);
        assert.deepEqual(program.output.match(/\w+ listening on/g), [`${api} listening on`]);
      } finally {
        await program.kill();
      }
    });
  }
});

describe('the count of workers', () => {
  it('is what CPUs and memory give where it is not set, and the log says how it came about', async () => {
    const { OS_DEFAULT__OSAPI_COMPUTE_WORKERS: _, ...unset } = working;
    const program = new Program('albireo-gateway', { env: unset });
    try {
      const [, told, cpus] = await program.waitForOutput(
        /osapi_compute_workers is not set, starting (\d+) \([\d.]+ of (\d+) CPUs give \d+, \d+ MiB at \d+ MiB each give \d+\)/,
      );
      assert.ok(Number(told) >= 1 && Number(told) <= Number(cpus));
      await program.waitForOutput(new RegExp(`Starting ${told} workers`));
      assert.equal(await program.stop(), 0);
    } finally {
      await program.kill();
    }
  });

  it("has neutron's names for the Network API: bind_host, bind_port, api_workers", async () => {
    const options = file('neutron.conf', '[DEFAULT]\nbind_host = 127.0.0.2\nbind_port = 0\napi_workers = 3\n');
    const env = { ...working, OS_DEFAULT__ENABLED_APIS: 'network' };
    const program = new Program('albireo-gateway', { env, args: ['--config-file', options] });
    try {
      await program.waitForOutput(/network listening on 127\.0\.0\.2:\d+[^]*Starting 3 workers/);
      assert.equal(await program.stop(), 0);
    } finally {
      await program.kill();
    }
  });
});

describe('processes of the gateway', () => {
  it('do not outlive a second API whose port is taken', async () => {
    const holder = createServer();
    await once(holder.listen(0, '127.0.0.1'), 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, output } = await runProgram('albireo-gateway', {
      env: {
        ...working,
        OS_DEFAULT__ENABLED_APIS: 'osapi_compute,metadata',
        OS_DEFAULT__METADATA_LISTEN_PORT: `${port}`,
      },
    });
    holder.close();
    assert.equal(code, 1, output);
    assert.match(output, new RegExp(`metadata to 127.0.0.1:${port}: the port is in use by pid ${process.pid} `));
    const [, forked] = /Started child (\d+)/.exec(output) ?? [];
    assert.ok(forked !== undefined && !existsSync(`/proc/${forked}`));
  });

  const canUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
  for (const [signal, code] of [
    ['SIGTERM', 0],
    ['SIGINT', 1],
  ] as const) {
    it(`end by ${signal} with ${code} where the parent is PID 1`, { skip: !canUnshare && 'no unshare' }, async () => {
      const command = ['--pid', '--fork', '--mount-proc', process.execPath, programFile('albireo-gateway')];
      const child = spawn('unshare', command, {
        env: { ...process.env, ...working },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = once(child, 'exit');
      let output = '';
      const serving = new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (output.includes('no connection to the broker')) resolve();
        });
      });
      await Promise.race([serving, ended]);
      const parent = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
      assert.match(readFileSync(`/proc/${parent}/status`, 'utf8'), /^NSpid:\s+\d+\s+1$/m, output);
      process.kill(parent, signal);
      assert.deepEqual(await ended, [code, null], output);
      assert.match(output, signal === 'SIGTERM' ? /Child \d+ exited with status 0/ : /Child \d+ killed by signal 9/);
    });
  }
});
