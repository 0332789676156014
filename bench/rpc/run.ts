import { fork, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startBroker } from '#testing/broker';
import { missingPythonModules, PYTHON } from '#testing/peers';

interface Result {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly serverCpu: number;
}

const program = fileURLToPath(new URL('process.js', import.meta.url));
const rounds = Number(process.argv[2] ?? 3);
const shapes = [
  { inFlight: 1, bytes: 200 },
  { inFlight: 64, bytes: 200 },
  { inFlight: 512, bytes: 200 },
  { inFlight: 64, bytes: 10_000 },
];

async function message(child: ChildProcess): Promise<unknown> {
  const [value] = (await once(child, 'message')) as [unknown];
  return value;
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  return ((await message(server)) as { cpu: number }).cpu;
}

async function measure(name: string, url: string, inFlight: number, bytes: number): Promise<Result> {
  const server = fork(program, ['serve', name, url]);
  await message(server);
  const client = fork(program, ['call', name, url, String(inFlight), String(bytes)]);
  await message(client);
  const before = await cpuOf(server);
  const result = (await message(client)) as Omit<Result, 'serverCpu'>;
  const serverCpu = (await cpuOf(server)) - before;
  const ended = [once(client, 'exit'), once(server, 'exit')];
  server.send('stop');
  await Promise.all(ended);
  return { ...result, serverCpu };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function row(name: string, results: readonly Result[]): number {
  const of = (pick: (result: Result) => number): number => median(results.map(pick));
  const perSecond = of((result) => result.perSecond);
  const cells = [
    name.padEnd(8),
    `${Math.round(perSecond)}`.padStart(7),
    of((result) => result.p50)
      .toFixed(2)
      .padStart(7),
    of((result) => result.p99)
      .toFixed(2)
      .padStart(7),
    of((result) => result.cpu / result.calls)
      .toFixed(0)
      .padStart(7),
    of((result) => result.serverCpu / result.calls)
      .toFixed(0)
      .padStart(7),
  ];
  console.log(cells.join(' '));
  return perSecond;
}

const pythonServer = `
import sys
from oslo_config import cfg
import oslo_messaging as om
cfg.CONF([], project='bench')
om.set_transport_defaults(control_exchange='bench_py')
t = om.get_rpc_transport(cfg.CONF, url=sys.argv[1])
class E(object):
    def echo(self, ctxt, payload): return payload
s = om.get_rpc_server(t, om.Target(topic='bench_py', server='h'), [E()], executor='threading', access_policy=om.rpc.dispatcher.DefaultRPCAccessPolicy)
s.start(); print('ready', flush=True); sys.stdin.read()
`;
const pythonClient = `
import sys, time, threading
from oslo_config import cfg
import oslo_messaging as om
cfg.CONF([], project='bench')
om.set_transport_defaults(control_exchange='bench_py')
c = om.get_rpc_client(om.get_rpc_transport(cfg.CONF, url=sys.argv[1]), om.Target(topic='bench_py'))
n = [0]; end = time.monotonic() + 4
def lane():
    while time.monotonic() < end:
        c.call({}, 'echo', payload={'x': 'y' * 180}); n[0] += 1
ts = [threading.Thread(target=lane) for _ in range(64)]
[t.start() for t in ts]; [t.join() for t in ts]
print(n[0] / 4.0, flush=True)
`;

async function python(url: string): Promise<number> {
  const address = url.replace(/\/$/, '//');
  const server = spawn(PYTHON, ['-c', pythonServer, address], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(createInterface(server.stdout), 'line');
  const client = spawn(PYTHON, ['-c', pythonClient, address], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(createInterface(client.stdout), 'line')) as [string];
  server.kill('SIGKILL');
  return Number(line);
}

const broker = await startBroker({ own: true });
try {
  for (const { inFlight, bytes } of shapes) {
    console.log(`\n${bytes} bytes, ${inFlight} in flight, median of ${rounds}`);
    console.log('          calls/s  p50 ms  p99 ms  client  server (CPU us a call)');
    const results: Record<string, Result[]> = { bare: [], ours: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, list] of Object.entries(results)) list.push(await measure(name, broker.url, inFlight, bytes));
    }
    const bare = row('bare', results['bare'] ?? []);
    const ours = row('ours', results['ours'] ?? []);
    console.log(`ours is ${(ours / bare).toFixed(2)} times bare`);
    if (inFlight === 64 && bytes === 200 && missingPythonModules('oslo_messaging') === false) {
      const perSecond = await python(broker.url);
      const version = spawnSync(PYTHON, [
        '-c',
        'from importlib.metadata import version as v; print(v("oslo.messaging"))',
      ]);
      const name = `oslo.messaging ${String(version.stdout).trim()}`;
      console.log(`${name}: ${Math.round(perSecond)} calls/s; ours is ${(ours / perSecond).toFixed(0)} times that`);
    }
  }
} finally {
  await broker.stop();
}
