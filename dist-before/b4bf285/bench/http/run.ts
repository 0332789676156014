// CPU time, rate and latency of the same requests: ours, nova and neutron where they are installed, and a bare Fastify.
//   node dist/bench/http/run.js [--short] [--no-peers] [--only TEXT] [--connections 1,16] [--profile FOLDER]
import { mkdir } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { MANY, ROWS } from './contender.js';
import type { Contender, Extent } from './contender.js';
import { startLimit } from './limit/limit.js';
import { measure, measureIdle } from './measure.js';
import type { Measurement } from './measure.js';
import { startOurs } from './ours.js';
import { missingPeers } from './peers/peer-programs.js';
import { startPeers } from './peers/peers.js';
import { heading, line, ratios, table, tableRow } from './report.js';

const FULL: Extent = {
  servers: 1000,
  connections: [1, 16, 64],
  warmUpMs: 10_000,
  measuredMs: 4000,
  builds: 30,
  mostForMany: 16,
};
const SHORT: Extent = { servers: 20, connections: [1, 4], warmUpMs: 100, measuredMs: 400, builds: 3, mostForMany: 16 };

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    profile: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
if (values.profile !== undefined) await mkdir(values.profile, { recursive: true });
const given = values.connections?.split(',').map(Number);
const extent = { ...(values.short ? SHORT : FULL), ...(given === undefined ? {} : { connections: given }) };
// A server that others use too would be measured with them.
delete process.env['ALBIREO_TEST_DATABASE_URL'];

const contenders: Contender[] = [];
const stop = async (): Promise<void> => {
  for (const contender of contenders.splice(0).toReversed()) await contender.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(1)));
try {
  const ours = await startOurs(extent, values.profile);
  contenders.push(ours.contender, await startLimit(ours.contender));
  const missing = values['no-peers'] ? 'not asked for' : missingPeers();
  if (missing === undefined) contenders.push(await startPeers(extent, ours.flavors));
  else console.log(`nova and neutron are not measured: ${missing}`);
  console.log(
    `Node ${process.version}; load of the machine at the start: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  for (const contender of contenders) {
    const idle = await measureIdle(contender, values.short ? 500 : 5000);
    const groups = [...idle].map(([group, cpuMs]) => `${group} ${cpuMs.toFixed(0)}`);
    console.log(`${contender.name}, idle, CPU ms a second: ${groups.join(', ')}`);
  }
  const measurements: Measurement[] = [];
  for (const row of ROWS.filter((name) => name.includes(values.only))) {
    for (const contender of contenders) await contender.prepare(row);
    for (const connections of extent.connections) {
      if (row === MANY && connections > extent.mostForMany) continue;
      for (const contender of contenders) {
        const measurement = await measure(contender, row, connections, extent);
        if (measurement === undefined) continue;
        measurements.push(measurement);
        // At once, so that a run that is broken off is not lost.
        if (measurements.length === 1) console.log(`\n${heading(line(measurement))}`);
        console.log(tableRow(line(measurement)));
      }
    }
  }
  console.log(`\n${table(ratios(measurements, 'albireo'))}`);
} finally {
  await stop();
}
