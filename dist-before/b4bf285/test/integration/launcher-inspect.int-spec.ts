// What can be seen of a running program: systemd's READY=1, the console, the state report, names of processes, counters.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { PYTHON } from '#testing/peers';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';

const listen = { host: '127.0.0.1', port: 0 };
const services = [{ name: 'echo', module: 'echo-service', workers: 1, listen }] as const;
const healthLine = /health listening on 127\.0\.0\.1:(\d+)/;

/** Sends lines to a console and gives what it says until it closes. */
async function converse(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (text += chunk));
  for (const line of lines) socket.write(`${line}\n`);
  await once(socket, 'close');
  return text;
}

describe('a running program', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('tells READY=1 to systemd, once, when all services are ready', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-notify-'));
    try {
      const path = join(folder, 'notify');
      // Node has no Unix datagram sockets, neither to send nor to listen.
      const script = [
        'import socket, sys',
        's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
        's.bind(sys.argv[1])',
        'print("bound", flush=True)',
        'print(s.recv(4096).decode(), flush=True)',
      ].join('\n');
      const listener = spawn(PYTHON, ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      listener.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      while (!said.includes('bound\n')) await once(listener.stdout, 'data');
      program = new LaunchedProgram({ services, env: { NOTIFY_SOCKET: path } });
      await once(listener, 'exit');
      assert.match(said, /^bound\nREADY=1\s*$/);
      assert.match(program.output, /All services are ready/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says so when READY=1 cannot be sent', async () => {
    program = new LaunchedProgram({ services, env: { NOTIFY_SOCKET: '/nonexistent/notify', PATH: '/nonexistent' } });
    await program.line(/WARNING .*READY=1 could not be sent: systemd-notify: /);
    await program.ready();
  });

  it('has a console on loopback that shows and evaluates nothing', async () => {
    program = new LaunchedProgram({ services, env: { OS_DEFAULT__BACKDOOR_PORT: '0' } });
    const port = Number((await program.line(/Backdoor listening on 127\.0\.0\.1:(\d+) for process \d+/))[1]);
    await program.ready();
    const text = await converse(port, ['services', '1 + 1', 'process.exit(7)', 'report', 'json', 'quit']);
    assert.match(text, /\[\+\] echo: 1 of 1 workers ready/);
    assert.match(text, /==\s+Processes\s+==/);
    assert.match(text, /"package":\{"program":"albireo-fixture"/);
    assert.equal(text.match(/^commands: /gm)?.length, 3);
    assert.doesNotMatch(text, /^2$/m);
    assert.equal((await get(await program.port('echo'), '/')).status, 200);
  });

  it('takes the first free port of a range for the console', async () => {
    const holder = createServer();
    await once(holder.listen(0, '127.0.0.1'), 'listening');
    const address = holder.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { port } = address;
    program = new LaunchedProgram({ services, env: { OS_DEFAULT__BACKDOOR_PORT: `${port}:${port + 20}` } });
    const found = Number((await program.line(/Backdoor listening on 127\.0\.0\.1:(\d+)/))[1]);
    holder.close();
    assert.ok(found > port && found <= port + 20);
  });

  it('gives its state report to this machine only, by name of an address', async () => {
    program = new LaunchedProgram({ services });
    const port = await program.port('echo');
    await program.ready();
    const health = Number((await program.line(healthLine))[1]);
    const held = get(port, '/wait?ms=8000');
    await program.line(/fixture holds a request/);
    let report = '';
    // On a busy machine a worker may need more than the second that a report takes at most.
    for (let attempt = 0; attempt < 8 && !report.includes('"answered":true'); attempt += 1) {
      report = JSON.stringify(JSON.parse((await get(health, '/report?format=json')).text));
    }
    assert.match(report, /"path":"\/wait","requestId":null,"ageSeconds":/);
    assert.match(report, /"maxDelayMs":\d/);
    assert.match((await get(health, '/report')).text, /==\s+Configuration\s+==/);
    const rebound = request({ host: '127.0.0.1', port: health, path: '/report', headers: { host: 'evil.example' } });
    rebound.end();
    const [response] = (await once(rebound, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    assert.equal(response.statusCode, 403);
    assert.equal((await held).status, 200);
  });

  it('answers SIGUSR2 to a worker with the report of the whole, and the worker lives on', async () => {
    program = new LaunchedProgram({ services });
    const port = await program.port('echo');
    await program.ready();
    const pid = pidOf(await get(port, '/'));
    process.kill(pid, 'SIGUSR2');
    await program.line(/==\s+Configuration\s+==/);
    assert.equal(pidOf(await get(port, '/')), pid);
  });

  it('tells where a busy worker is, and leaves it alone', async () => {
    program = new LaunchedProgram({ services });
    const port = await program.port('echo');
    await program.ready();
    const health = Number((await program.line(healthLine))[1]);
    const pid = pidOf(await get(port, '/block'));
    const startedMs = performance.now();
    const { text } = await get(health, '/report');
    assert.ok(performance.now() - startedMs < 3000);
    assert.match(text, new RegExp(`pid ${pid}, ready, .*DID NOT ANSWER within a second; it is\\n`));
    // It is still there; nothing but this ends it, since it never looks at its parent again.
    assert.ok(process.kill(pid, 'SIGKILL'));
    await program.line(new RegExp(`Child ${pid} killed by signal 9`));
  });

  for (const [mode, title] of [
    ['brief', /^albireo-fixture: echo worker$/],
    ['on', /^albireo-fixture: echo worker \(.*launch-program\.js/],
    ['off', /child-entry\.js albireo-fixture: echo worker$/],
  ] as const) {
    it(`names its workers in the process list, setproctitle = ${mode}`, async () => {
      program = new LaunchedProgram({ services, env: { OS_DEFAULT__SETPROCTITLE: mode } });
      const pid = pidOf(await get(await program.port('echo'), '/'));
      const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      assert.match(line, title);
    });
  }

  it('goes on counting where a dead worker ended', async () => {
    program = new LaunchedProgram({ services: [{ ...services[0], workers: 2 }] });
    const port = await program.port('echo');
    await program.ready();
    const health = Number((await program.line(healthLine))[1]);
    const count = async (): Promise<number> =>
      Number(/^fixture_requests_total (\d+)$/m.exec((await get(health, '/metrics')).text)?.[1]);
    for (let request_ = 0; request_ < 10; request_ += 1) await get(port, '/');
    assert.equal(await count(), 10);
    const killed = pidOf(await get(port, '/'));
    assert.equal(await count(), 11);
    process.kill(killed, 'SIGKILL');
    await program.line(/fixture echo worker \d serves/, { count: 3 });
    assert.equal(await count(), 11);
    // One that ends in order tells its last count itself, though nobody has asked since.
    const drained = pidOf(await get(port, '/'));
    process.kill(drained, 'SIGTERM');
    await program.line(new RegExp(`Child ${drained} exited with status 0`));
    assert.equal(await count(), 12);
  });

  it('tries a port in use again for retry_until_window', async () => {
    const holder = createServer();
    await once(holder.listen(0, '127.0.0.1'), 'listening');
    const address = holder.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { port } = address;
    program = new LaunchedProgram({
      services: [{ ...services[0], listen: { ...listen, port } }],
      env: { OS_DEFAULT__RETRY_UNTIL_WINDOW: '60' },
    });
    await program.line(healthLine);
    holder.close();
    await program.ready();
    assert.equal((await get(port, '/')).status, 200);
  });
});

describe('connections that wait in the kernel when SIGTERM comes', () => {
  let program: LaunchedProgram;
  afterEach(() => program.dispose());

  it('are answered', async () => {
    program = new LaunchedProgram({ services });
    const port = await program.port('echo');
    await program.ready();
    // A stopped parent accepts nothing: the connections are complete, and in the queue of its socket.
    program.signal('SIGSTOP');
    const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    program.signal('SIGTERM');
    const answers = sockets.map(async (socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.write('GET / HTTP/1.1\r\nHost: fixture\r\nConnection: close\r\n\r\n');
      await once(socket, 'close');
      return text;
    });
    program.signal('SIGCONT');
    for (const text of await Promise.all(answers)) assert.match(text, /^HTTP\/1\.1 200 /);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });
});
