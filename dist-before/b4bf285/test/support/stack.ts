import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './broker.js';
import { startDatabase } from './database.js';
import { freePorts } from './free-port.js';
import { Program, runProgram } from './program.js';

export const ADMIN_PASSWORD = 'a-password-for-tests';
const SIGNING_KEY = 'a-signing-key-for-tests-0123456789abcdef';

/** A running cloud under test: where its APIs answer, and how to reach its parts. */
export interface Stack {
  readonly directory: string;
  readonly ports: ApiPorts;
  /** A clouds.yaml with the cloud `albireo`. */
  readonly cloudsFile: string;
  /** Every program of the stack by a name of its own. */
  readonly programs: Map<string, Program>;
  url(api: keyof ApiPorts): string;
  stop(): Promise<void>;
}

export interface ApiPorts {
  readonly identity: number;
  readonly osapi_compute: number;
  readonly metadata: number;
  readonly image: number;
  readonly network: number;
}

async function apiPorts(): Promise<ApiPorts> {
  const [identity = 0, osapi_compute = 0, metadata = 0, image = 0, network = 0] = await freePorts(5);
  return { identity, osapi_compute, metadata, image, network };
}

/** Options that every program of a stack gets, as environment variables. */
export function stackEnvironment(directory: string, ports: ApiPorts): Record<string, string> {
  const env: Record<string, string> = {
    OS_DEFAULT__STATE_PATH: join(directory, 'state'),
    OS_DEFAULT__HOST: 'test-compute',
    OS_IDENTITY__ADMIN_PASSWORD: ADMIN_PASSWORD,
    OS_IDENTITY__SIGNING_KEYS: SIGNING_KEY,
    OS_HEALTH__LISTEN: '127.0.0.1',
    OS_HEALTH__PORT: '0',
  };
  for (const [api, port] of Object.entries(ports)) {
    env[`OS_DEFAULT__${api.toUpperCase()}_LISTEN`] = '127.0.0.1';
    env[`OS_DEFAULT__${api.toUpperCase()}_LISTEN_PORT`] = String(port);
    env[`OS_DEFAULT__${api.toUpperCase()}_WORKERS`] = '1';
  }
  return env;
}

async function writeClouds(directory: string, ports: ApiPorts): Promise<string> {
  const file = join(directory, 'clouds.yaml');
  const text = `clouds:
  albireo:
    auth:
      auth_url: http://127.0.0.1:${ports.identity}/v3
      username: admin
      password: ${ADMIN_PASSWORD}
      project_name: admin
      user_domain_id: default
      project_domain_id: default
    region_name: RegionOne
    identity_api_version: 3
`;
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** Waits until a program says that it is ready. */
export async function untilReady(program: Program): Promise<void> {
  await program.waitForOutput(/is ready/);
}

/** `albireo-server` alone: embedded database, messages inside the process. */
export async function startEmbedded(extra: { env?: Record<string, string>; directory?: string } = {}): Promise<Stack> {
  const directory = extra.directory ?? (await mkdtemp(join(tmpdir(), 'albireo-e2e-')));
  const ports = await apiPorts();
  const cloudsFile = await writeClouds(directory, ports);
  const env = { ...stackEnvironment(directory, ports), ...extra.env };
  for (const api of Object.keys(ports)) delete env[`OS_DEFAULT__${api.toUpperCase()}_WORKERS`];
  const server = new Program('albireo-server', { env });
  const programs = new Map([['server', server]]);
  try {
    await untilReady(server);
  } catch (error) {
    // One that goes on would keep the test's process alive, and the machine busy.
    await server.kill();
    throw error;
  }
  return {
    directory,
    ports,
    cloudsFile,
    programs,
    url: (api) => `http://127.0.0.1:${ports[api]}`,
    async stop() {
      await server.stop();
      if (extra.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface PairOptions {
  readonly gateways?: number;
  readonly workers?: number;
  readonly env?: Record<string, string>;
  /** An existing broker in place of a private one. */
  readonly brokerUrl?: string;
  /** More node arguments or environment for the n-th worker, n from 0. */
  readonly worker?: (index: number) => { env?: Record<string, string>; nodeArgs?: readonly string[] };
}

export interface Pair extends Stack {
  readonly env: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly brokerUrl: string;
  /** Ports of each gateway; the first one's are `ports`. */
  readonly gatewayPorts: readonly ApiPorts[];
  startGateway(index: number): Promise<Program>;
  startWorker(index: number): Promise<Program>;
}

/** Gateways and workers as processes of their own, on a real RabbitMQ and PostgreSQL. */
export async function startPair(options: PairOptions = {}): Promise<Pair> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-e2e-'));
  const [broker, database] = await Promise.all([
    options.brokerUrl === undefined ? startBroker() : { url: options.brokerUrl, stop: () => Promise.resolve() },
    startDatabase(),
  ]);
  const gatewayPorts = await Promise.all(Array.from({ length: options.gateways ?? 1 }, apiPorts));
  const ports = gatewayPorts[0] ?? (await apiPorts());
  const cloudsFile = await writeClouds(directory, ports);
  const shared = {
    OS_DEFAULT__TRANSPORT_URL: broker.url,
    OS_DEFAULT__CONTROL_EXCHANGE: `albireo-${process.pid}-${Date.now()}`,
    OS_DEFAULT__RPC_WORKERS: '1',
    ...options.env,
  };
  const env = { ...stackEnvironment(directory, ports), ...shared };
  const workerEnv = { ...env, OS_DATABASE__CONNECTION: database.url };
  const sync = await runProgram('albireo-manage', { args: ['db', 'sync'], env: workerEnv });
  if (sync.code !== 0) throw new Error(`db sync failed:\n${sync.output}`);

  const programs = new Map<string, Program>();
  const startGateway = async (index: number): Promise<Program> => {
    const own = { ...stackEnvironment(directory, gatewayPorts[index] ?? ports), ...shared };
    const program = new Program('albireo-gateway', { env: own });
    programs.set(`gateway-${index}`, program);
    await untilReady(program);
    return program;
  };
  const startWorker = async (index: number): Promise<Program> => {
    const own = options.worker?.(index) ?? {};
    const program = new Program('albireo-worker', {
      env: { ...workerEnv, ...own.env },
      ...(own.nodeArgs === undefined ? {} : { nodeArgs: own.nodeArgs }),
    });
    programs.set(`worker-${index}`, program);
    await untilReady(program);
    return program;
  };
  const started = await Promise.allSettled([
    ...Array.from({ length: options.workers ?? 1 }, (_, index) => startWorker(index)),
    ...gatewayPorts.map((_, index) => startGateway(index)),
  ]);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    // Programs that go on would keep the test's process alive for ever.
    await Promise.all([...programs.values()].map((program) => program.kill()));
    await Promise.all([broker.stop(), database.stop()]);
    throw failed.reason;
  }

  return {
    directory,
    ports,
    gatewayPorts,
    cloudsFile,
    programs,
    env: workerEnv,
    databaseUrl: database.url,
    brokerUrl: broker.url,
    startGateway,
    startWorker,
    url: (api) => `http://127.0.0.1:${ports[api]}`,
    async stop() {
      await Promise.all([...programs.values()].map((program) => program.stop()));
      await Promise.all([broker.stop(), database.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
