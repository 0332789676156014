import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-port.js';
import { PYTHON } from './peers.js';
import type { ApiPorts } from './stack.js';

const SCRIPT = fileURLToPath(new URL('../../../test/support/python/keystone_peer.py', import.meta.url));
const START_TIMEOUT_MS = 120_000;
export const KEYSTONE_PASSWORD = 'a-password-for-keystone';

/** Project of a log in, and more of the `auth` object where a test needs it. */
export type Scope = { readonly project: string } | { readonly system: true } | 'unscoped';

/** A real Keystone (Debian's `keystone`) with a database of its own. */
export class Keystone {
  readonly #child: ChildProcess;
  #output = '';
  #admin = '';

  private constructor(
    readonly directory: string,
    readonly port: number,
  ) {
    this.#child = spawn(PYTHON, [SCRIPT, directory, String(port), KEYSTONE_PASSWORD], {
      env: { PATH: '/usr/bin:/bin', HOME: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString('utf8')));
    }
  }

  static async start(): Promise<Keystone> {
    const directory = await mkdtemp(join(tmpdir(), 'albireo-keystone-'));
    const [port = 0] = await freePorts(1);
    const keystone = new Keystone(directory, port);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!keystone.#output.includes('keystone is ready')) {
      if (keystone.#child.exitCode !== null || Date.now() > deadline) {
        await keystone.stop();
        throw new Error(`keystone did not start:\n${keystone.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    keystone.#admin = await keystone.token('admin', { project: 'admin' });
    return keystone;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How often a token was asked about, so far. */
  get lookups(): number {
    return this.#output.split('"GET /v3/auth/tokens').length - 1;
  }

  /** Stops answering, as a host that has gone away: connections are taken and nothing comes. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A new token of a user of the default domain. */
  async token(name: string, scope: Scope, password = KEYSTONE_PASSWORD): Promise<string> {
    const domain = { id: 'default' };
    const identity = { methods: ['password'], password: { user: { name, domain, password } } };
    const body = { auth: { identity, scope: scopeOf(scope) } };
    const answer = await this.#send('POST', '/v3/auth/tokens', body);
    const token = answer.headers.get('x-subject-token');
    if (token === null) throw new Error(`log in of ${name}: ${answer.status} ${await answer.text()}`);
    return token;
  }

  /** Makes something as the administrator (`POST`), changes or assigns it (others); answers the inner object. */
  async change(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await this.#send(method, `/v3${path}`, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : (Object.values(JSON.parse(text) as Record<string, Record<string, unknown>>)[0] ?? {});
  }

  /** The id of what has this name. */
  async idOf(collection: 'projects' | 'users' | 'roles', name: string): Promise<string> {
    const answer = await this.#send('GET', `/v3/${collection}?name=${name}`);
    const rows = ((await answer.json()) as Record<string, { id: string }[]>)[collection];
    const [row] = rows ?? [];
    if (row === undefined) throw new Error(`keystone has no ${name} among its ${collection}`);
    return row.id;
  }

  /** A user with the password of all, and a role on a project that is made when it is not there. */
  async addUser(name: string, role: string, project: string): Promise<string> {
    const roleId = await this.idOf('roles', role).catch(() => this.#make('/roles', { role: { name: role } }));
    const projectId = await this.idOf('projects', project).catch(() =>
      this.#make('/projects', { project: { name: project, domain_id: 'default' } }),
    );
    const user = await this.#make('/users', { user: { name, password: KEYSTONE_PASSWORD, domain_id: 'default' } });
    await this.change('PUT', `/projects/${projectId}/users/${user}/roles/${roleId}`);
    return user;
  }

  /** A token that Keystone signed and that has expired. */
  async expiredToken(user: string, project: string): Promise<string> {
    const answer = await this.#send('GET', `/expired-token?user=${user}&project=${project}`);
    return answer.text();
  }

  /** Puts a cloud's APIs into the catalog, and writes a clouds.yaml that logs in here. */
  async addCloud(ports: ApiPorts): Promise<string> {
    const services = { compute: `${ports.osapi_compute}/v2.1`, image: ports.image, network: ports.network };
    for (const [type, address] of Object.entries(services)) {
      const service = await this.#make('/services', { service: { type, name: type } });
      const url = `http://127.0.0.1:${address}`;
      const endpoint = { service_id: service, interface: 'public', region_id: 'RegionOne', url };
      await this.#make('/endpoints', { endpoint });
    }
    const file = join(this.directory, 'clouds.yaml');
    const auth = { auth_url: `${this.url}/v3`, username: 'admin', password: KEYSTONE_PASSWORD, project_name: 'admin' };
    const domains = { user_domain_id: 'default', project_domain_id: 'default' };
    const albireo = { auth: { ...auth, ...domains }, region_name: 'RegionOne', identity_api_version: 3 };
    await writeFile(file, JSON.stringify({ clouds: { albireo } }), { mode: 0o600 });
    return file;
  }

  async #make(path: string, body: object): Promise<string> {
    return String((await this.change('POST', path, body))['id']);
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      ...(this.#admin === '' ? {} : { 'x-auth-token': this.#admin }),
    };
    return fetch(`${this.url}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

function scopeOf(scope: Scope): unknown {
  if (scope === 'unscoped') return 'unscoped';
  if ('system' in scope) return { system: { all: true } };
  return { project: { name: scope.project, domain: { id: 'default' } } };
}
