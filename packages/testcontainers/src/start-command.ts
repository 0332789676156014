import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartOptions, StartedCloud } from './albireo-cloud.js';
import type { Environment } from './control-port.js';

interface ReadyFile {
  readonly name: string;
  readonly controlUrl: string;
  readonly token: string;
  readonly environment: Environment;
}

const SHOWN = 4_000;
const END_MS = 15_000;

/** Starts the command as a child that ends with this process, however that one ends. */
export async function startCommand(options: StartOptions): Promise<StartedCloud> {
  const { command = ['albireo'], seed, faults, options: settings, timeoutMs = 60_000 } = options;
  const [program = 'albireo', ...first] = command;
  const folder = mkdtempSync(join(tmpdir(), 'albireo-test-'));
  const readyFile = join(folder, 'ready.json');
  const args = ['start', '--ephemeral', '--port-base', '0', '--end-with-input', '--ready-file', readyFile];
  args.push('--name', `test-${randomBytes(4).toString('hex')}`);
  if (seed !== undefined) args.push('--seed', seed);
  if (faults !== undefined) args.push('--faults', faults);
  const child = spawn(program, [...first, ...args], { env: { ...process.env, ...settings }, stdio: 'pipe' });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-SHOWN);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let ended: string | undefined;
  const over = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      ended = signal ?? `exit code ${code ?? 0}`;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const killing = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await over;
    clearTimeout(killing);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = performance.now() + timeoutMs;
  // It appears as a whole.
  while (!existsSync(readyFile)) {
    if (ended !== undefined || performance.now() > until) {
      const why = ended === undefined ? `was not ready within ${timeoutMs} ms` : `ended before it was ready (${ended})`;
      await stop();
      throw new Error(`the cloud ${why}:\n${output}`);
    }
    await sleep(20);
  }
  const { name, controlUrl, token, environment } = JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyFile;
  return {
    environment: {
      ...environment,
      ALBIREO_NAME: name,
      ALBIREO_CONTROL_URL: controlUrl,
      ALBIREO_CONTROL_TOKEN: token,
    },
    stop,
  };
}
