// npm run bench:rpc [-- TURNS [CANDIDATE,… [SHAPE,…]]], a shape as call:200x64: bytes and messages in flight. A candidate may be the
// folder of another build of this repository.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { basename, resolve } from 'node:path';
import { startBroker } from '#testing/broker';
import { missingPythonModules, PYTHON } from '#testing/peers';
import { buildGoPeer } from './go-peer.js';
import { go, oslo, Pair } from './measure.js';
import type { Result, Shape } from './measure.js';

const [turnsText = '6', chosen = '', wanted = ''] = process.argv.slice(2);
const turns = Number(turnsText);
const turnMs = 600;
const ours = 'ours';
const shapes: readonly Shape[] = [
  ...[200, 10_000].flatMap((bytes) => [1, 64, 512].map((inFlight) => ({ role: 'call' as const, bytes, inFlight }))),
  ...[64, 512].map((inFlight) => ({ role: 'cast' as const, bytes: 200, inFlight })),
];
const pythonMissing = missingPythonModules('oslo_messaging');
const isWanted = (name: string): boolean => chosen === '' || chosen.split(',').includes(name);
const goPeer = isWanted(go) ? buildGoPeer() : 'not asked for';
if (typeof goPeer === 'string') console.log(`amqp091-go is not measured: ${goPeer}`);
else console.log(`amqp091-go, ${goPeer.version}`);
const all = [ours, go, 'bare', 'nest noAck', 'nest ack', oslo];
const isMissing = (name: string): boolean =>
  (name === oslo && pythonMissing !== false) || (name === go && typeof goPeer === 'string');
const named = (chosen === '' ? all : chosen.split(',')).filter((name) => !isMissing(name));

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

const cpuOf = ({ calls, cpu, serverCpu, brokerCpu }: Result): number => (cpu + serverCpu + brokerCpu) / calls;

/** Medians of the turns; ratios are of the same turn, since the machine is not the same in another. */
function row(name: string, results: readonly Result[], own: readonly Result[] | undefined): string {
  const median = (pick: (result: Result) => number): number => quantile(results.map(pick), 0.5);
  const ratios = (pick: (theirs: Result, ours: Result) => number): readonly number[] =>
    results.flatMap((result, turn) => {
      const mine = own?.[turn];
      return mine === undefined ? [] : [pick(result, mine)];
    });
  const rate = ratios((theirs, mine) => mine.perSecond / theirs.perSecond);
  const cpu = ratios((theirs, mine) => cpuOf(theirs) / cpuOf(mine));
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(cpu, part).toFixed(2));
  const cells = [
    Math.round(median((result) => result.perSecond)).toLocaleString('en'),
    quantile(rate, 0.5).toFixed(2),
    ...[median((result) => result.p50), median((result) => result.p99)].map((ms) => ms.toFixed(2)),
    ...[
      median(({ cpu: client, calls }) => client / calls),
      median(({ serverCpu, calls }) => serverCpu / calls),
      median(({ brokerCpu, calls }) => brokerCpu / calls),
    ].map((us) => us.toFixed(0)),
    `${middle} (${low} to ${high})`,
  ];
  return `| ${[/[./]/.test(name) ? basename(resolve(name)) : name, ...cells].join(' | ')} |`;
}

async function compare(shape: Shape): Promise<void> {
  const candidates = shape.role === 'cast' ? named.filter((name) => !name.startsWith('nest')) : named;
  const pairs: { readonly name: string; readonly pair: Pair; readonly results: Result[] }[] = [];
  try {
    for (const name of candidates) {
      const program = typeof goPeer === 'string' ? undefined : goPeer.program;
      pairs.push({ name, pair: await Pair.start(name, broker, shape, program), results: [] });
    }
    for (let turn = 0; turn < turns; turn += 1) {
      // Every other turn in the other order, so that nobody always comes after the same one.
      for (const { pair, results } of turn % 2 === 0 ? pairs : pairs.toReversed()) {
        results.push(await pair.turn(turnMs));
      }
    }
  } finally {
    for (const { pair } of pairs) await pair.stop();
  }
  const what = shape.role === 'cast' ? 'confirmed casts' : 'calls';
  const load = loadavg()[0]?.toFixed(1) ?? '';
  console.log(`\n${what}, ${shape.bytes} bytes, ${shape.inFlight} in flight, ${turns} turns, load ${load}\n`);
  console.log(`| | per second | ours is | p50 ms | p99 ms | client µs | server µs | broker µs | CPU of ours |
|---|---:|---:|---:|---:|---:|---:|---:|---:|`);
  const own = pairs.find(({ name }) => name === ours)?.results;
  for (const { name, results } of pairs) console.log(row(name, results, own));
}

if (named.includes(oslo)) {
  const program = 'from importlib.metadata import version as v; print(v("oslo.messaging"))';
  console.log(`oslo.messaging ${String(spawnSync(PYTHON, ['-c', program]).stdout).trim()}`);
}
const broker = await startBroker({ own: true });
try {
  const version = (await broker.ctl(['version'])).trim();
  console.log(`Node ${process.version}, RabbitMQ ${version}, ${cpus().length} processors`);
  for (const shape of shapes) {
    const { role, bytes, inFlight } = shape;
    if (wanted !== '' && !wanted.split(',').includes(`${role}:${bytes}x${inFlight}`)) continue;
    await compare(shape);
  }
} finally {
  await broker.stop();
  if (typeof goPeer !== 'string') goPeer.remove();
}
