import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '#testing/free-port';

const SETTINGS = fileURLToPath(new URL('../../../deploy/dashboard', import.meta.url));
/** What tools/fetch-horizon.sh has made: a virtual environment with Horizon, and its static files. */
const FOLDER = process.env['ALBIREO_TEST_HORIZON'];

/** Why there is no Horizon here, or false where there is one: for node:test's `skip`. */
export const missingHorizon: string | false =
  FOLDER !== undefined && existsSync(join(FOLDER, 'bin', 'gunicorn'))
    ? false
    : 'needs ALBIREO_TEST_HORIZON, a folder made by tools/fetch-horizon.sh';

/** The real Horizon behind gunicorn, as the compose profile `dashboard` runs it. */
export class Dashboard {
  readonly #child: ChildProcess;
  readonly #state: string;
  readonly url: string;
  #output = '';

  private constructor(child: ChildProcess, state: string, url: string) {
    this.#child = child;
    this.#state = state;
    this.url = url;
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  /** Starts it against an Identity API; resolves once it serves its log-in page. */
  static async start(authUrl: string): Promise<Dashboard> {
    const folder = FOLDER ?? '';
    const state = mkdtempSync(join(tmpdir(), 'albireo-dashboard-'));
    const [port = 0] = await freePorts(1);
    const env = {
      PATH: process.env['PATH'],
      HOME: state,
      PYTHONWARNINGS: 'ignore',
      PYTHONDONTWRITEBYTECODE: '1',
      DASHBOARD_STATE: join(state, 'sessions'),
      DASHBOARD_STATIC: join(folder, 'static'),
      OPENSTACK_KEYSTONE_URL: authUrl,
    };
    const args = ['--bind', `127.0.0.1:${port}`, '--threads', '4', '--chdir', SETTINGS, '--worker-tmp-dir', state];
    const child = spawn(join(folder, 'bin', 'gunicorn'), [...args, '--no-control-socket', 'albireo_dashboard.wsgi'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const dashboard = new Dashboard(child, state, `http://127.0.0.1:${port}`);
    const end = performance.now() + 60_000;
    while (!(await answers(`${dashboard.url}/auth/login/`))) {
      if (child.exitCode !== null || performance.now() > end) throw new Error(`no dashboard:\n${dashboard.output}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return dashboard;
  }

  get output(): string {
    return this.#output;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#state, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
