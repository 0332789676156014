// npm run bench:rpc [-- ROUNDS [CANDIDATE,… [SHAPE,…]]], a shape as call:200x64: bytes and messages in flight
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { startBroker } from '#testing/broker';
import { missingPythonModules, PYTHON } from '#testing/peers';
import { buildGoPeer } from './go-peer.js';
import { go, measure, oslo } from './measure.js';
import type { Result, Shape } from './measure.js';

const [roundsText = '3', chosen = '', wanted = ''] = process.argv.slice(2);
const rounds = Number(roundsText);
const shapes: readonly Shape[] = [
  ...[200, 10_000].flatMap((bytes) => [1, 64, 512].map((inFlight) => ({ role: 'call' as const, bytes, inFlight }))),
  { role: 'cast', bytes: 200, inFlight: 64 },
];
const pythonMissing = missingPythonModules('oslo_messaging');
const isWanted = (name: string): boolean => chosen === '' || chosen.split(',').includes(name);
const goPeer = isWanted(go) ? buildGoPeer() : 'not asked for';
if (typeof goPeer === 'string') console.log(`amqp091-go is not measured: ${goPeer}`);
else console.log(`amqp091-go, ${goPeer.version}`);
const all = ['bare', 'ours', 'nest noAck', 'nest ack', oslo, go];
const isMissing = (name: string): boolean =>
  (name === oslo && pythonMissing !== false) || (name === go && typeof goPeer === 'string');
const named = (chosen === '' ? all : chosen.split(',')).filter((name) => !isMissing(name));

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

type Figures = Readonly<Record<'perSecond' | 'p50' | 'p99' | 'client' | 'server' | 'broker', number>>;

function figures(results: readonly Result[]): Figures {
  const of = (pick: (result: Result) => number): number => median(results.map(pick));
  return {
    perSecond: of((result) => result.perSecond),
    p50: of((result) => result.p50),
    p99: of((result) => result.p99),
    client: of((result) => result.cpu / result.calls),
    server: of((result) => result.serverCpu / result.calls),
    broker: of((result) => result.brokerCpu / result.calls),
  };
}

function report(table: ReadonlyMap<string, Figures>): void {
  const bare = table.get('bare')?.perSecond ?? Number.NaN;
  const ours = table.get('ours')?.perSecond ?? Number.NaN;
  console.log('| | per second | to bare | ours is | p50 ms | p99 ms | client us | server us | broker us |');
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|');
  for (const [name, row] of table) {
    const ratios = [row.perSecond / bare, ours / row.perSecond].map((ratio) => ratio.toFixed(2));
    const times = [row.p50, row.p99].map((ms) => ms.toFixed(2));
    const cpu = [row.client, row.server, row.broker].map((us) => us.toFixed(0));
    console.log(`| ${[name, Math.round(row.perSecond), ...ratios, ...times, ...cpu].join(' | ')} |`);
  }
}

if (named.includes(oslo)) {
  const program = 'from importlib.metadata import version as v; print(v("oslo.messaging"))';
  console.log(`oslo.messaging ${String(spawnSync(PYTHON, ['-c', program]).stdout).trim()}`);
}
const broker = await startBroker({ own: true });
try {
  console.log(
    `Node ${process.version}, RabbitMQ ${(await broker.ctl(['version'])).trim()}, ${cpus().length} processors`,
  );
  for (const shape of shapes) {
    const { role, bytes, inFlight } = shape;
    if (wanted !== '' && !wanted.split(',').includes(`${role}:${bytes}x${inFlight}`)) continue;
    const candidates = role === 'cast' ? named.filter((name) => !name.startsWith('nest')) : named;
    const results = new Map<string, Result[]>(candidates.map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, list] of results)
        list.push(await measure(name, broker, shape, typeof goPeer === 'string' ? undefined : goPeer.program));
    }
    const what = role === 'cast' ? 'confirmed casts' : 'calls';
    console.log(`\n${what}, ${bytes} bytes, ${inFlight} in flight, median of ${rounds}\n`);
    report(new Map([...results].map(([name, list]) => [name, figures(list)])));
  }
} finally {
  await broker.stop();
  if (typeof goPeer !== 'string') goPeer.remove();
}
