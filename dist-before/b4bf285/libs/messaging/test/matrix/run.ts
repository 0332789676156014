// npm run matrix: the tests with the real oslo.messaging, for each of its versions, each kind of queue and each broker.
//   ALBIREO_MATRIX_PYTHON=/path/python3   a Python with the newest oslo.messaging [a virtual environment is made]
//   npm run matrix -- quorum 4.3          only the cells whose row has these words; the page stays as it is
// RabbitMQ of this machine always; 4.0 and 4.3 by Docker where it has their images. Writes the table of
// docs/oslo-messaging.md.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBroker } from '#testing/broker';
import { freePorts } from '#testing/free-port';
import { connect } from 'amqplib';

const images = ['rabbitmq:4.0-management', 'rabbitmq:4.3-management'];
const words = process.argv.slice(2);
const specs = ['python-interop', 'rabbit-notify'].map((name) =>
  fileURLToPath(new URL(`../${name}.int-spec.js`, import.meta.url)),
);
const page = fileURLToPath(new URL('../../../../../docs/oslo-messaging.md', import.meta.url));
const begin = '<!-- table of npm run matrix -->';
const end = '<!-- end of table -->';

interface Place {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

function printed(command: string, ...args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

async function versionOf(url: string): Promise<string> {
  const model = await connect(url.replace('rabbit:', 'amqp:'));
  const { version } = model.connection.serverProperties;
  await model.close();
  return `RabbitMQ ${version}`;
}

async function startContainer(image: string): Promise<Place | undefined> {
  if (spawnSync('docker', ['image', 'inspect', image]).status !== 0) {
    console.log(`no Docker with ${image}: left out`);
    return undefined;
  }
  const [port = 0] = await freePorts(1);
  const id = printed('docker', 'run', '--rm', '-d', '-p', `127.0.0.1:${port}:5672`, image);
  const stop = async (): Promise<void> => void spawnSync('docker', ['rm', '-f', id]);
  const url = `rabbit://guest:guest@127.0.0.1:${port}/`;
  const until = Date.now() + 90_000;
  for (;;) {
    try {
      return { name: await versionOf(url), url, stop };
    } catch (error) {
      if (Date.now() > until) {
        await stop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function places(): Promise<Place[]> {
  const own = await startBroker({ own: true });
  const list: Place[] = [{ name: await versionOf(own.url), url: own.url, stop: () => own.stop() }];
  for (const image of images) {
    const place = await startContainer(image);
    if (place !== undefined) list.push(place);
  }
  return list;
}

/** Passed and failed tests of one cell. */
function run(environment: Record<string, string>): Promise<{ passed: number; failed: number; output: string }> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...specs], {
    env: { ...process.env, ...environment },
    // A peer that hangs is a failure of its cell.
    timeout: 600_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.on('data', (bytes) => (output += String(bytes)));
  child.stderr.on('data', (bytes) => (output += String(bytes)));
  const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
  return new Promise((resolve) => {
    child.once('exit', () => resolve({ passed: count('pass'), failed: count('fail') + count('cancelled'), output }));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'albireo-matrix-'));
let newest = process.env['ALBIREO_MATRIX_PYTHON'];
if (newest === undefined) {
  printed('python3', '-m', 'venv', folder);
  newest = join(folder, 'bin', 'python3');
  printed(newest, '-m', 'pip', 'install', '-q', 'oslo.messaging');
}
const brokers = await places();
const rows = ['| oslo.messaging | broker | queues | passed | failed |', '|---|---|---|---:|---:|'];
try {
  for (const python of ['/usr/bin/python3', newest]) {
    const version = printed(python, '-c', 'from importlib.metadata import version as v; print(v("oslo.messaging"))');
    for (const { name, url } of brokers) {
      for (const queues of ['classic', 'durable', 'quorum']) {
        const cell = `| ${version} | ${name} | ${queues} |`;
        if (!words.every((word) => cell.includes(word))) continue;
        const environment = {
          ALBIREO_TEST_AMQP_URL: url,
          ALBIREO_TEST_PYTHON: python,
          ALBIREO_INTEROP_QUEUES: queues,
          ALBIREO_REQUIRE_PEERS: '1',
        };
        const { passed, failed, output } = await run(environment);
        rows.push(`${cell} ${passed} | ${failed} |`);
        console.log(rows.at(-1));
        if (failed > 0 || passed === 0) {
          process.exitCode = 1;
          console.log(output);
        }
      }
    }
  }
} finally {
  for (const place of brokers) await place.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (words.length === 0) {
  const text = readFileSync(page, 'utf8');
  const [before = ''] = text.split(begin);
  const after = text.split(end)[1] ?? '\n';
  writeFileSync(page, `${before}${begin}\n\n${rows.join('\n')}\n\n${end}${after}`);
}
