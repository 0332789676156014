// How costs grow: with rows, processes, open connections and casts that wait.
//   npm run bench:scale [-- PART…] [--short] [--keep]
// PART is processes, rows, connections or casts; all unless named. --short only shows that all of it works. --keep writes
// what is found to bench/scale/figures.json and draws it into docs/scale.
import { parseArgs } from 'node:util';
import { castsCurve } from './casts.js';
import { connectionsCurve } from './connections.js';
import { drawAll } from './draw.js';
import { keepFigures, printCurve, withSurroundings } from './figures.js';
import type { Curve } from './figures.js';
import { processesCurves } from './processes.js';
import { rowsCurve } from './rows.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
});
const { short, keep } = values;
const PARTS: Readonly<Record<string, () => Promise<readonly Curve[]>>> = {
  rows: () => (short ? rowsCurve([10, 100], 500) : rowsCurve([10, 1_000, 10_000, 100_000], 3_000)),
  processes: () => (short ? processesCurves([1], 1_000) : processesCurves([1, 2, 3, 4], 6_000)),
  connections: () =>
    short ? connectionsCurve([0, 100], 500) : connectionsCurve([0, 1_000, 2_500, 5_000, 7_500, 10_000], 4_000),
  casts: () => castsCurve(short ? [0, 2_000] : [0, 250_000, 500_000, 750_000, 1_000_000]),
};
const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: expected ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
// Servers that others use too would be measured with them.
delete process.env['ALBIREO_TEST_DATABASE_URL'];
delete process.env['ALBIREO_TEST_AMQP_URL'];

for (const name of wanted) {
  const figures = await withSurroundings(() => PARTS[name]?.() ?? Promise.resolve([]));
  const { machine, versions, date, load } = figures;
  console.log(`\n## ${name}: ${machine}, ${versions}, ${date}, load ${load.join(' to ')}`);
  for (const curve of figures.curves) printCurve(curve);
  if (keep) keepFigures(name, figures);
}
if (keep) drawAll();
