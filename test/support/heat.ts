import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './api-client.js';
import { startBroker } from './broker.js';
import type { Broker } from './broker.js';
import type { CloudClient } from './cloud-client.js';
import { DatabaseServer } from './database-server.js';
import { freePorts } from './free-port.js';

/** A virtual environment with openstack-heat and psycopg2-binary; no peer that CI must have: it takes minutes to make. */
const environment = process.env['ALBIREO_TEST_HEAT'];
const PASSWORD = 'a-password-for-heat';

/** Why Heat cannot run here, or false. */
export function missingHeat(): string | false {
  if (environment === undefined) return 'needs Heat: ALBIREO_TEST_HEAT=FOLDER of a virtual environment';
  const program = join(environment, 'bin', 'heat-engine');
  return existsSync(program) ? false : `needs ${program}`;
}

/** A real Heat, its engine and its API, of which each has a broker and a database of the test's own. */
export class Heat {
  private constructor(
    readonly port: number,
    readonly broker: Broker,
    readonly database: DatabaseServer,
    readonly programs: readonly ChildProcess[],
  ) {}

  /** Starts it for a cloud: its user, its domain, its roles and its endpoints are made as Heat's installation guide says. */
  static async start(folder: string, cloud: CloudClient, identityUrl: string): Promise<Heat> {
    const programs = join(environment ?? '', 'bin');
    mkdirSync(folder, { recursive: true });
    const [port = 0] = await freePorts(1);
    await makeAccount(cloud, `http://127.0.0.1:${port}/v1`);
    const broker = await startBroker({ own: true });
    const database = await DatabaseServer.create();
    await database.start();
    const connection = database.url.replace('postgresql:', 'postgresql+psycopg2:');
    const file = join(folder, 'heat.conf');
    const paste = join(environment ?? '', 'etc', 'heat', 'api-paste.ini');
    writeFileSync(file, configuration({ folder, identityUrl, paste, connection, transport: broker.url }));
    const options = ['--config-file', file];
    execFileSync(join(programs, 'heat-manage'), [...options, 'db_sync'], { stdio: 'ignore' });
    const start = (name: string, args: readonly string[]): ChildProcess =>
      spawn(join(programs, name), args, { stdio: 'ignore', detached: true });
    const api = ['--port', String(port), '--host', '127.0.0.1', '--', ...options];
    const heat = new Heat(port, broker, database, [start('heat-engine', options), start('heat-wsgi-api', api)]);
    const answers = (): Promise<true | undefined> =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => undefined,
      );
    await until(answers, 'the API of Heat answers', 120_000);
    // What is asked before the engine has its queue is lost.
    const log = join(folder, 'heat.log');
    const consumes = async (): Promise<true | undefined> =>
      readFileSync(log, 'utf8').includes('Starting engine_worker') || undefined;
    await until(consumes, 'the engine of Heat has started', 120_000);
    return heat;
  }

  /** One request to it for a project; the answer's body. */
  async ask(project: string, token: string, method: string, path: string, json?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/v1/${project}${path}`, {
      method,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    // An action is answered by a page.
    return text.startsWith('{') ? JSON.parse(text) : null;
  }

  async stop(): Promise<void> {
    for (const program of this.programs) {
      if (program.exitCode !== null || program.pid === undefined) continue;
      // The engine's workers are processes of its group.
      process.kill(-program.pid, 'SIGKILL');
      await once(program, 'exit');
    }
    await this.database.remove();
    await this.broker.stop();
  }
}

async function makeAccount(cloud: CloudClient, url: string): Promise<void> {
  const make = async (kind: string, body: object): Promise<string> => {
    const { body: answer } = await cloud.api('identity', 'POST', `/${kind}s`, { [kind]: body });
    return String(Reflect.get(Object(Reflect.get(Object(answer), kind)), 'id'));
  };
  const idOf = async (kind: string, name: string): Promise<string> => {
    const { body } = await cloud.api('identity', 'GET', `/${kind}s?name=${name}`);
    const [found] = Reflect.get(Object(body), `${kind}s`) as { id: string }[];
    return found?.id ?? '';
  };
  const admin = await idOf('role', 'admin');
  const user = await make('user', { name: 'heat', password: PASSWORD, domain_id: 'default' });
  const service = await idOf('project', 'service');
  await cloud.api('identity', 'PUT', `/projects/${service}/users/${user}/roles/${admin}`);
  const domain = await make('domain', { name: 'heat' });
  const domainAdmin = await make('user', { name: 'heat_domain_admin', password: PASSWORD, domain_id: domain });
  await cloud.api('identity', 'PUT', `/domains/${domain}/users/${domainAdmin}/roles/${admin}`);
  for (const name of ['heat_stack_owner', 'heat_stack_user']) await make('role', { name });
  for (const [type, path] of [
    ['orchestration', '/%(tenant_id)s'],
    ['cloudformation', ''],
  ]) {
    const service_id = await make('service', { type, name: 'heat' });
    await make('endpoint', { service_id, interface: 'public', region: 'RegionOne', url: `${url}${path}` });
  }
}

interface Places {
  readonly folder: string;
  readonly identityUrl: string;
  readonly paste: string;
  readonly connection: string;
  readonly transport: string;
}

function configuration({ folder, identityUrl, paste, connection, transport }: Places): string {
  const account = `auth_type = password
auth_url = ${identityUrl}
username = heat
password = ${PASSWORD}
user_domain_name = Default`;
  return `[DEFAULT]
transport_url = ${transport}
log_file = ${join(folder, 'heat.log')}
num_engine_workers = 1
rpc_response_timeout = 180
stack_domain_admin = heat_domain_admin
stack_domain_admin_password = ${PASSWORD}
stack_user_domain_name = heat
server_keystone_endpoint_type = public
[database]
connection = ${connection}
[trustee]
${account}
[clients_keystone]
auth_uri = ${identityUrl}
[keystone_authtoken]
${account}
www_authenticate_uri = ${identityUrl}
project_name = service
project_domain_name = Default
[paste_deploy]
api_paste_config = ${paste}
`;
}
