// What others wait for while many log in: latencies of the same reads alone, and while 20 log-ins by password are under way
// all the time. A password costs scrypt, which must hold up neither the gateway's event loop nor the worker's.
//   node dist/bench/http/during-logins.js [--logins N] [--seconds N]
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { load } from './load.js';
import type { RowName } from './contender.js';
import { startOurs } from './ours.js';
import { heading, tableRow } from './report.js';

const { values } = parseArgs({
  options: { logins: { type: 'string', default: '20' }, seconds: { type: 'string', default: '10' } },
});
const [logins, seconds] = [Number(values.logins), Number(values.seconds)];
if (!(logins > 0 && seconds > 0)) {
  console.error('--logins and --seconds: expected numbers greater than 0');
  process.exit(2);
}
// A server that others use too would be measured with them.
delete process.env['ALBIREO_TEST_DATABASE_URL'];

/** Few at a time: how long one waits is asked, not how many there can be. */
const CONNECTIONS = 4;
const ROWS: readonly RowName[] = ['GET flavors/detail', 'GET networks, 10', 'GET servers/{id}', 'GET images/{id}'];
const extent = { servers: 5, connections: [CONNECTIONS], warmUpMs: 20_000, measuredMs: 0, builds: 1, mostForMany: 1 };
const { contender, login } = await startOurs(extent);
try {
  console.log(`Node ${process.version}; load of the machine at the start: ${(loadavg()[0] ?? 0).toFixed(1)}`);
  let headed = false;
  for (const row of ROWS) {
    for (const beside of [0, logins]) {
      const { counts, stop } = keepLoggingIn(beside);
      const request = contender.requests.get(row);
      if (request === undefined) throw new Error(`no row ${row}`);
      const order = {
        request,
        connections: CONNECTIONS,
        warmUpConnections: 16,
        warmUpMs: 5_000,
        warmUpRequests: 2_000,
      };
      const result = await load({ ...order, measuredMs: seconds * 1000 }, async () => {});
      await stop();
      const line = {
        row,
        'log-ins under way': beside,
        'log-ins done, refused': `${counts.done}, ${counts.refused}`,
        reads: result.requests,
        'p50 ms': result.p50Ms.toFixed(1),
        'p99 ms': result.p99Ms.toFixed(1),
      };
      if (!headed) console.log(heading(line));
      headed = true;
      console.log(tableRow(line));
    }
  }
} finally {
  await contender.stop();
}

/** So many log-ins at any moment until it is stopped. */
function keepLoggingIn(count: number): {
  readonly counts: { done: number; refused: number };
  readonly stop: () => Promise<void>;
} {
  const counts = { done: 0, refused: 0 };
  const ending = new AbortController();
  const lane = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      if (await login()) counts.done += 1;
      else counts.refused += 1;
    }
  };
  const lanes = Promise.all(Array.from({ length: count }, lane));
  const stop = async (): Promise<void> => {
    ending.abort();
    await lanes;
  };
  return { counts, stop };
}
