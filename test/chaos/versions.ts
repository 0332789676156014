// Two gateways and two workers go from an older version to this one and back, under a steady load of reads and writes on
// RabbitMQ and PostgreSQL: once with the gateways first, once with the workers first. Fails when a request fails, a pod
// does not end in time, or a server is lost, doubled or not whole.
//   npm run chaos:versions -- REVISION [REQUESTS_PER_SECOND [gateways|workers]]
// About four minutes an order; with a third argument only that half goes first.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScaling } from './scale-run.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const BEFORE = 'dist-before';

const [revision, rateText = '50', only] = process.argv.slice(2);
const rate = Number(rateText);
const orders = (['gateways', 'workers'] as const).filter((half) => only === undefined || half === only);
if (revision === undefined || !(rate > 0) || orders.length === 0) {
  console.error('expected a revision of the repository, requests a second, greater than 0, and gateways or workers');
  process.exit(2);
}
const commit = execFileSync('git', ['rev-parse', '--short', `${revision}^{commit}`], { cwd: root, encoding: 'utf8' });
const before = join(BEFORE, commit.trim());
buildBefore(join(root, before));

let count = 0;
for (const first of orders) {
  console.log(`${first} first, from ${commit.trim()}:`);
  const { faults, evidence, ...result } = await runScaling({
    upgrade: { before: join(before, 'dist'), first },
    rate,
    mostOpen: rate * 2,
    calmMs: 5_000,
    lastsMs: 0,
    workers: 2,
    times: { drainDelayMs: 5_000, graceMs: 75_000, probePeriodMs: 1_000, endpointLagMs: 1_000 },
    progress: (line) => console.log(line),
  });
  console.log(JSON.stringify(result));
  for (const fault of faults.slice(0, 50)) console.error(`FAILED: ${fault}`);
  for (const line of evidence.slice(0, 200)) console.error(line);
  count += faults.length;
}
console.log(`${count} faults`);
process.exitCode = count > 0 ? 1 : 0;

/** Compiles that revision in a folder of its own, once. */
function buildBefore(folder: string): void {
  if (existsSync(join(folder, 'dist', '.built'))) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit.trim()], { cwd: root, maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  for (const [command, ...args] of [
    ['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
    [process.execPath, 'tools/build.mjs'],
  ] as const) {
    const { status } = spawnSync(command, args, { cwd: folder, stdio: 'inherit' });
    if (status !== 0) process.exit(1);
  }
}
