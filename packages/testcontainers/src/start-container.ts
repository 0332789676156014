import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { StartOptions, StartedCloud } from './albireo-cloud.js';
import { ControlPort } from './control-port.js';

const run = promisify(execFile);

/** Identity, compute, metadata, image, network, health, control, and three for consoles. */
const PORTS = 10;
const CONTROL_PORT = 6;
/** How long one look may take. */
const ANSWER_MS = 1_000;
const [FIRST, END] = [15_000, 32_000];

/**
 * Starts a container. Its ports have the same numbers inside and outside, since the catalog tells them to clients.
 */
export async function startContainer(options: StartOptions): Promise<StartedCloud> {
  const { image = '', engine = 'docker', seed, faults, options: settings = {}, timeoutMs = 60_000 } = options;
  const base = await freePorts();
  const password = randomBytes(12).toString('base64url');
  const token = randomBytes(24).toString('base64url');
  const files: string[] = [];
  const mounted = (file: string, inside: string): string => {
    files.push('--volume', `${resolve(file)}:${inside}:ro`);
    return inside;
  };
  const start = ['albireo', 'start', '--ephemeral', '--listen', '0.0.0.0', '--port-base', String(base)];
  if (seed !== undefined) start.push('--seed', seed === 'devstack' ? seed : mounted(seed, '/seed.yaml'));
  if (faults !== undefined) start.push('--faults', mounted(faults, '/faults.yaml'));
  const variables = { ...settings, OS_IDENTITY__ADMIN_PASSWORD: password, OS_CONTROL__TOKEN: token };
  const range = `${base}-${base + PORTS - 1}`;
  // Values come from the environment of the engine's command: lists of processes show none.
  const names = Object.keys(variables).flatMap((name) => ['--env', name]);
  const args = ['run', '--detach', '--publish', `127.0.0.1:${range}:${range}`, ...names, ...files, image, ...start];
  const { stdout } = await run(engine, args, { env: { ...process.env, ...variables } });
  const id = stdout.trim();
  const stop = async (): Promise<void> => {
    await run(engine, ['rm', '--force', '--volumes', id]);
  };
  const controlUrl = `http://127.0.0.1:${base + CONTROL_PORT}`;
  const until = performance.now() + timeoutMs;
  while (!(await answers(controlUrl, token))) {
    const isRunning = await run(engine, ['inspect', '--format', '{{.State.Running}}', id]);
    if (isRunning.stdout.trim() === 'true' && performance.now() < until) {
      await sleep(100);
      continue;
    }
    const { stdout: out, stderr } = await run(engine, ['logs', '--tail', '30', id]);
    await stop();
    throw new Error(`the cloud was not ready within ${timeoutMs} ms:\n${out}${stderr}`);
  }
  return {
    environment: {
      OS_AUTH_TYPE: 'password',
      OS_AUTH_URL: `http://127.0.0.1:${base}/v3`,
      OS_IDENTITY_API_VERSION: '3',
      OS_USERNAME: 'admin',
      OS_PASSWORD: password,
      OS_PROJECT_NAME: 'admin',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_DOMAIN_NAME: 'Default',
      OS_REGION_NAME: 'RegionOne',
      ALBIREO_CONTROL_URL: controlUrl,
      ALBIREO_CONTROL_TOKEN: token,
    },
    stop,
  };
}

/**
 * The control port is the last to be opened. Before it is, the engine takes connections and closes them at once, and
 * fetch of Node 20 never tells of that, nor keeps the process alive: the timer does both.
 */
async function answers(url: string, token: string): Promise<boolean> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ANSWER_MS);
  try {
    const answer = await new ControlPort(url, token).ask('GET', '/status', undefined, limit.signal);
    return (answer as { worker?: { ready?: boolean } }).worker?.ready === true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function freePorts(): Promise<number> {
  for (;;) {
    const base = randomInt(FIRST, END - PORTS);
    const free = await Promise.all(Array.from({ length: PORTS }, (_, at) => isFree(base + at)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => answer(true)));
  });
}
