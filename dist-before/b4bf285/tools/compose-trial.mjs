// Tries docker-compose.yml with a real engine: build, start, smoke test, an arbitrary user, then a small load while
// workers are scaled 1 → 5 → 1, each container is stopped for 20 s, and workers are killed. Nothing that was accepted may be
// lost; while workers only come and go in order no request may fail. Ten minutes; needs docker with compose.
//   node tools/compose-trial.mjs
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const project = 'albireo-trial';
const folder = mkdtempSync(join(tmpdir(), 'albireo-trial-'));
const override = join(folder, 'compose.yml');
const anyUser = { user: '12345:0' };
const noQuota = { OS_QUOTA__INSTANCES: '-1', OS_QUOTA__CORES: '-1', OS_QUOTA__RAM: '-1', OS_QUOTAS__QUOTA_PORT: '-1' };
// The ports of the machine are left alone. JSON is YAML, but for the tag that empties a list.
const services = { worker: { ...anyUser, environment: noQuota }, setup: anyUser, smoke: anyUser };
writeFileSync(
  override,
  `services:\n  gateway: { user: "12345:0", ports: !reset [] }\n${Object.entries(services)
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}\n`)
    .join('')}`,
);
const files = ['-p', project, '-f', join(root, 'docker-compose.yml'), '-f', override];
const docker = (...args) =>
  execFileSync('docker', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const compose = (...args) => docker('compose', ...files, ...args);
const up = (workers) => compose('up', '-d', '--wait', '--no-recreate', '--scale', `worker=${workers}`);

function timed(what, work) {
  const start = performance.now();
  const result = work();
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

let failed = false;
async function underLoad(what, password, disturb, mayFail) {
  const args = ['run', '--rm', '--network', `${project}_default`, '-v', `${here}/compose-trial:/trial:ro`];
  const load = promisify(execFile)('docker', [
    ...args,
    '-e',
    `PASSWORD=${password}`,
    'albireo:local',
    'node',
    '/trial/load.mjs',
  ]);
  await sleep(6000);
  await disturb();
  const { accepted, states, ports, answers } = JSON.parse((await load).stdout);
  // A call whose worker was killed ends as 504, outcome unknown: its server may be there beside the accepted ones.
  const lost = (states['ACTIVE with 1 addresses'] ?? 0) !== accepted || ports < accepted;
  const refused = Object.keys(answers).some((answer) => !/ 20[02]$/.test(answer));
  const good = !lost && (mayFail || !refused);
  failed ||= !good;
  console.log(
    `${good ? 'ok  ' : 'FAIL'} ${what}: ${accepted} accepted, ${JSON.stringify(states)}, ${JSON.stringify(answers)}`,
  );
}

async function stopFor20s(container) {
  docker('stop', '-t', '70', container);
  await sleep(20_000);
  docker('start', container);
}

try {
  timed('build', () => compose('build', '-q'));
  timed('up', () => up(1));
  timed('smoke', () => process.stdout.write(compose('run', '--rm', '-T', 'smoke')));
  const clouds = compose('run', '--rm', '-T', 'setup', 'albireo-manage', 'clouds-yaml');
  const password = JSON.parse(/^ *password: (.+)$/m.exec(clouds)[1]);
  const scale = async () => {
    timed('scale to 5', () => up(5));
    timed('scale to 1', () => up(1));
  };
  await underLoad('workers 1 → 5 → 1', password, scale, false);
  up(2);
  const kill = async () => {
    for (const number of [1, 2, 1, 2]) {
      docker('kill', '-s', 'KILL', `${project}-worker-${number}`);
      up(2);
      await sleep(2000);
    }
  };
  await underLoad('workers killed four times', password, kill, true);
  await underLoad('a worker stopped for 20 s', password, () => stopFor20s(`${project}-worker-1`), false);
  for (const name of ['gateway', 'rabbitmq', 'postgres']) {
    await underLoad(`${name} stopped for 20 s`, password, () => stopFor20s(`${project}-${name}-1`), true);
  }
} finally {
  compose('down', '-v', '--timeout', '20');
  rmSync(folder, { recursive: true });
}
process.exitCode = failed ? 1 : 0;
