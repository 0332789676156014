import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { allOptionGroups, loadConfiguration } from '#libs/options';
import type { Configuration } from '#libs/config';
import { ExpectedError, ServerPage, conductorContract, networkContract } from '#libs/contracts';
import type {
  ConductorContract,
  NetworkContract,
  ServerActionName,
  ServerActionResultData,
  ServerCreateArgs,
  ServerData,
  VersionedObject,
} from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { openTransport } from '../service/open-worker-store.js';
import type { WorkerResources } from '../service/worker-resources.js';
import { WorkerService } from '../worker-service.js';

/** A complete worker in this process, with its database in memory and messages that stay in the process. */
export interface MemoryWorker {
  readonly shared: WorkerResources;
  readonly conductor: RpcClient<ConductorContract>;
  readonly network: RpcClient<NetworkContract>;
  stop(): Promise<void>;
}

/** Starts a worker; `options` are environment variables such as OS_FAKE__SPAWN_DELAY. */
export async function startMemoryWorker(options: Readonly<Record<string, string>> = {}): Promise<MemoryWorker> {
  const config = testConfiguration({ OS_DEFAULT__EPHEMERAL: 'true', ...options });
  const service = new WorkerService({ config, program: 'test-worker' });
  await service.start();
  const transport = await openTransport(config, 'test');
  return {
    shared: service.shared,
    ...clientsOf(transport),
    stop: async () => {
      await transport.stop();
      await service.stop(5_000);
    },
  };
}

/** The product's options for a test: a transport of its own, and no files. */
export function testConfiguration(env: Readonly<Record<string, string>>): Configuration {
  return loadConfiguration({
    program: 'albireo-worker',
    version: '0.0.0',
    argv: [],
    env: {
      OS_DEFAULT__TRANSPORT_URL: `memory://${randomUUID()}`,
      OS_DEFAULT__HOST: 'test-host',
      ...env,
    },
    groups: allOptionGroups,
    searchPath: [],
  });
}

/** Clients that throw the worker's expected errors as such. */
export function clientsOf(transport: Transport): Pick<MemoryWorker, 'conductor' | 'network'> {
  const options = {
    rebuildError: (error: Parameters<typeof ExpectedError.fromRemote>[0]) => ExpectedError.fromRemote(error),
  };
  return {
    conductor: new RpcClient(transport, conductorContract, options),
    network: new RpcClient(transport, networkContract, options),
  };
}

/** A user with a project of its own. */
export function memberContext(projectId: string = randomUUID()): RequestContext {
  return createContext({ user_id: `user-${projectId}`, project_id: projectId, roles: ['member', 'reader'] });
}

export function adminContext(projectId: string = randomUUID()): RequestContext {
  return createContext({
    user_id: `admin-${projectId}`,
    project_id: projectId,
    roles: ['admin', 'manager', 'member', 'reader'],
    is_admin: true,
  });
}

/** The arguments of a create, with defaults for what a test does not set. */
export function serverArgs(changes: Partial<ServerCreateArgs> = {}): ServerCreateArgs {
  return {
    name: 'vm',
    image_ref: '',
    flavor_ref: '1',
    network_mode: 'none',
    networks: [],
    min_count: 1,
    max_count: 1,
    ...changes,
  };
}

export interface WaitOptions {
  readonly timeoutMs?: number;
}

/** Polls until `done` accepts the result; fails after `timeoutMs`. */
export async function until<T>(
  ask: () => Promise<T>,
  done: (value: T) => boolean,
  options: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + (options.timeoutMs ?? 10_000);
  for (;;) {
    const value = await ask();
    if (done(value)) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** Waits until a server has no task. */
export async function settled(
  conductor: RpcClient<ConductorContract>,
  context: RequestContext,
  id: string,
): Promise<ServerData> {
  const ask = async (): Promise<ServerData> => {
    const object = await conductor.call(context, 'server_get', { id });
    return object['albireo_object.data'];
  };
  return until(ask, (server) => server.task_state === null);
}

/** Creates a server and waits until it is ACTIVE. */
export async function activeServer(
  conductor: RpcClient<ConductorContract>,
  context: RequestContext,
  changes: Partial<ServerCreateArgs> = {},
): Promise<ServerData> {
  const page = ServerPage.unwrap(await conductor.call(context, 'server_create', serverArgs(changes)));
  const server = await settled(conductor, context, page.objects[0]?.id ?? '');
  assert.equal(server.vm_state, 'active');
  return server;
}

/** An action of a server, as a request of microversion 2.`microversion` asks for it. */
export function actOn(
  conductor: RpcClient<ConductorContract>,
  context: RequestContext,
  id: string,
  { action, body, microversion = 96 }: { action: ServerActionName; body?: object | undefined; microversion?: number },
): Promise<VersionedObject<ServerActionResultData>> {
  return conductor.call(context, 'server_act', { id, action, microversion, ...(body !== undefined && { body }) });
}

/** Waits until a server no longer exists. */
export async function gone(
  conductor: RpcClient<ConductorContract>,
  context: RequestContext,
  id: string,
): Promise<void> {
  const ask = async (): Promise<string> => {
    try {
      await conductor.call(context, 'server_get', { id });
      return 'there';
    } catch (error) {
      return error instanceof ExpectedError ? error.code : String(error);
    }
  };
  await until(ask, (answer) => answer === 'InstanceNotFound');
}
