// CPU of the same requests to this build and to older ones, in short turns: what the machine does to one, it does to the
// others, too, so that ratios of a few per cent can be told on a busy machine. Each build runs its own broker, database,
// gateway and worker all the time.
//   node dist/bench/http/beside.js FOLDER[,FOLDER…] [--only TEXT] [--connections N] [--turns N] [--turn-ms N]
// FOLDER is a checkout of another revision that was built there (`npm ci && npm run build`).
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ROWS } from './contender.js';
import type { Contender, Extent, RowName } from './contender.js';
import { load } from './load.js';
import { cpuOfGroups } from './measure.js';
import { startOurs } from './ours.js';
import type { Ours } from './ours.js';
import { heading, tableRow } from './report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    connections: { type: 'string', default: '16' },
    turns: { type: 'string', default: '20' },
    'turn-ms': { type: 'string', default: '500' },
  },
});
const folders = (positionals[0] ?? '').split(',').filter(Boolean);
const missing = folders.filter((folder) => !existsSync(join(folder, 'dist/bench/http/ours.js')));
const [connections, turns, turnMs] = [values.connections, values.turns, values['turn-ms']].map(Number) as [
  number,
  number,
  number,
];
if (folders.length === 0 || missing.length > 0 || !(connections > 0 && turns > 0 && turnMs > 0)) {
  console.error(`expected folders of builds; without dist/bench/http/ours.js: ${missing.join(', ') || 'none given'}`);
  process.exit(2);
}
// A server that others use too would be measured with them.
delete process.env['ALBIREO_TEST_DATABASE_URL'];

const extent: Extent = {
  servers: 1000,
  connections: [connections],
  warmUpMs: 60_000,
  measuredMs: turnMs,
  builds: 4,
  mostForMany: 16,
};
/** A build that creates servers runs this many times the code of another request. */
const BUILD_COST = 20;

interface Turn {
  readonly requests: number;
  readonly cpuMs: ReadonlyMap<string, number>;
}

const builds: { readonly name: string; readonly contender: Contender }[] = [];
const stop = async (): Promise<void> => {
  for (const { contender } of builds.splice(0).toReversed()) await contender.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(1)));
try {
  for (const folder of folders) {
    const url = pathToFileURL(join(resolve(folder), 'dist/bench/http/ours.js'));
    const other = (await import(url.href)) as { startOurs(extent: Extent): Promise<Ours> };
    builds.push({ name: basename(resolve(folder)), contender: (await other.startOurs(extent)).contender });
  }
  builds.push({ name: 'this build', contender: (await startOurs(extent)).contender });
  console.log(
    `Node ${process.version}; load of the machine at the start: ${loadavg()
      .map((each) => each.toFixed(1))
      .join(' ')}`,
  );
  let headed = false;
  for (const row of ROWS.filter((each) => each.includes(values.only))) {
    const lines = await compare(row);
    if (!headed) console.log(heading(lines[0] ?? {}));
    headed = true;
    for (const one of lines) console.log(tableRow(one));
  }
} finally {
  await stop();
}

/** Plays one row in turns; a line for each build: CPU ms a request, and how many times its cost this build's is. */
async function compare(row: RowName): Promise<Record<string, string>[]> {
  const able = builds.filter(({ contender }) => contender.requests.has(row));
  for (const { contender } of able) {
    await contender.prepare(row);
    await turn(contender, row, contender.warmUpRequests / (row === 'POST servers' ? BUILD_COST : 1));
  }
  const seen = able.map((): Turn[] => []);
  for (let round = 0; round < turns; round += 1) {
    // The order changes, so that what follows what does, too.
    const order = able.map((build, at) => ({ build, at }));
    if (round % 2 === 1) order.reverse();
    for (const { build, at } of order) seen[at]?.push(await turn(build.contender, row));
  }
  const own = (seen.at(-1) ?? []).map(perRequest);
  return able.map(({ name }, at) => {
    const each = seen[at] ?? [];
    const requests = each.reduce((sum, one) => sum + one.requests, 0);
    const groups = ['gateway', 'worker', 'broker', 'database'].map((group): [string, string] => {
      const cpuMs = each.reduce((sum, one) => sum + (one.cpuMs.get(group) ?? 0), 0);
      return [group, (cpuMs / requests).toPrecision(3)];
    });
    const ratios = each.map((one, nth) => (own[nth] ?? Number.NaN) / perRequest(one)).toSorted((a, b) => a - b);
    const quartile = (part: number): string => (ratios[Math.floor((ratios.length - 1) * part)] ?? 0).toFixed(2);
    const cpuMs = each.reduce((sum, one) => sum + perRequest(one) * one.requests, 0) / requests;
    const times = at === able.length - 1 ? '' : `${quartile(0.5)} (${quartile(0.25)} to ${quartile(0.75)})`;
    return {
      row,
      build: name,
      requests: String(requests),
      ...Object.fromEntries(groups),
      'CPU ms': cpuMs.toPrecision(3),
      times,
    };
  });
}

function perRequest(one: Turn | undefined): number {
  if (one === undefined) return Number.NaN;
  return [...one.cpuMs.values()].reduce((sum, each) => sum + each, 0) / one.requests;
}

/** One build's turn; with `warmUp` that many requests and no time. */
async function turn(contender: Contender, row: RowName, warmUp?: number): Promise<Turn> {
  const request = contender.requests.get(row);
  if (request === undefined) throw new Error(`${contender.name} has no row ${row}`);
  const isBuild = row === 'POST servers';
  const most = warmUp ?? (isBuild ? extent.builds * connections : Number.POSITIVE_INFINITY);
  await contender.settled();
  const before = cpuOfGroups(contender);
  const order = {
    request,
    connections,
    warmUpConnections: connections,
    warmUpMs: 0,
    warmUpRequests: 0,
    measuredMs: warmUp === undefined && !isBuild ? turnMs : extent.warmUpMs,
    requests: Math.ceil(most),
  };
  const { requests } = await load(order, async () => {});
  await contender.settled();
  const cpuMs = new Map([...cpuOfGroups(contender)].map(([group, ms]) => [group, ms - (before.get(group) ?? 0)]));
  return { requests, cpuMs };
}
