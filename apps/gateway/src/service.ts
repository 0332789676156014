import type { Configuration } from '#libs/config';
import { openConfiguredTransport, brokerAway } from '#libs/messaging';
import type { RpcServer, Transport } from '#libs/messaging';
import { onRestored } from '#libs/simulation';
import { upgradeLevels } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import type { JsonValue, Service, ServiceHealth, WorkerContext } from '#libs/launcher';
import type { Enforcer } from '#libs/policy';
import { revocationServer } from './edge/rpc/revocation-server.js';
import { fetchRevocations, Revocations } from './edge/tokens/revocations.js';
import { apiLoaders } from './edge/apis.js';
import { createApiApplication } from './edge/application.js';
import type { ApiApplication } from './edge/application.js';
import { CertificateWatch } from './edge/listener/certificate-watch.js';
import { readTls } from './edge/listener/tls-material.js';
import type { TlsMaterial } from './edge/listener/tls-material.js';
import type { Edge } from './edge/edge.js';
import { openEdge } from './edge/open-edge.js';
import { openPolicy } from './edge/policy/open-policy.js';
import { loadMounts } from './edge/pipeline/load-mounts.js';
import { announceApi } from './running-apis.js';
import { API_NAMES } from './edge/api-names.js';
import type { ApiName } from './edge/api-names.js';

const log = getLogger('albireo.gateway');
/** Maximum time for deleting the fanout's queue, within the remaining time for stopping. */
const UNSUBSCRIBE_MS = 5_000;

const opened = new WeakMap<Configuration, Promise<ApiCommons>>();

/** Shared by all APIs of a process: one connection to the bus, one list of revoked tokens. */
class ApiCommons {
  readonly revocations: Revocations;
  #users = 0;
  #server: RpcServer | undefined;
  #endWatch: () => void = () => undefined;

  private constructor(readonly transport: Transport) {
    this.revocations = new Revocations(fetchRevocations(transport));
  }

  /** Opens them for the first API of a process. Does not wait for the broker. Each caller must call `leave`. */
  static async join(config: Configuration, program: string): Promise<ApiCommons> {
    let commons = opened.get(config);
    if (commons === undefined) {
      const levels = upgradeLevels(config);
      commons = openConfiguredTransport(config, program, { upgradeLevels: levels }).then(
        (transport) => new ApiCommons(transport),
      );
      opened.set(config, commons);
    }
    const joined = await commons;
    joined.#users += 1;
    return joined;
  }

  /** For an API that checks tokens: starts to follow their revocations, once for all APIs. */
  followRevocations(): void {
    if (this.#server !== undefined) return;
    this.revocations.start();
    this.#endWatch = onRestored(() => this.revocations.refresh(true));
    this.#server = revocationServer(this.transport, this.revocations);
    // Only hints are sent this way, so this is not awaited; the server itself waits for a broker that is down.
    this.#server.start().catch((error: unknown) => {
      if (this.#users > 0)
        log.warning('Revocations are only polled: their fanout cannot be heard', { error: String(error) });
    });
  }

  /** Closes everything when the last API has left. */
  async leave(config: Configuration, deadlineMs: number): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    opened.delete(config);
    this.revocations.stop();
    this.#endWatch();
    await this.#server?.stop(Math.min(deadlineMs, UNSUBSCRIBE_MS));
    // Ends everything that still waits for the broker.
    await this.transport.stop();
    await this.revocations.stopped();
  }
}

/** One API in one worker process. */
class ApiService implements Service {
  readonly #context: WorkerContext;
  readonly #name: ApiName;
  #commons: ApiCommons | undefined;
  readonly #policy: Enforcer;
  readonly #tls: TlsMaterial | undefined;
  #edge: Edge | undefined;
  #application: ApiApplication | undefined;
  #certificates: CertificateWatch | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(context: WorkerContext, name: ApiName) {
    this.#context = context;
    this.#name = name;
    // Faults that every worker would find are found before any of it starts.
    this.#tls = context.listen?.tls === undefined ? undefined : readTls(context.config);
    this.#policy = openPolicy(name, context.config);
  }

  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  async reset(): Promise<void> {
    this.#commons?.transport.refreshVersions();
    this.#certificates?.look();
  }

  /** Ready once the broker has been reached; a later loss is reported, and clients get 503. */
  health(): ServiceHealth {
    const bus = this.#commons?.transport.health();
    if (this.#application === undefined || bus === undefined) return { ready: false, reason: 'starting' };
    if (!bus.connected) return { ready: bus.everConnected, reason: brokerAway(bus) };
    if (bus.blocked) return { ready: true, reason: 'the message broker takes no messages (memory or disk alarm)' };
    const silent = bus.consumers
      .filter((consumer) => !consumer.consuming)
      .map(({ name, reason }) => (reason === undefined ? name : `${name} (${reason})`));
    if (silent.length > 0) return { ready: true, reason: `not consuming: ${silent.join(', ')}` };
    const unserved = bus.unserved.map(({ topic, reason }) => `${topic} (${reason})`);
    return unserved.length === 0 ? { ready: true } : { ready: true, reason: `no worker serves ${unserved.join(', ')}` };
  }

  report(): JsonValue {
    const { broker, calls } = this.#commons?.transport.report() ?? {};
    return JSON.parse(JSON.stringify({ broker, calls })) as JsonValue;
  }

  async #start(): Promise<void> {
    const { config, program } = this.#context;
    const commons = await ApiCommons.join(config, program);
    this.#commons = commons;
    const { transport, revocations } = commons;
    const edge = openEdge(this.#name, config, transport, this.#policy, revocations);
    this.#edge = edge;
    const api = await apiLoaders[this.#name]();
    const application = await createApiApplication(api, edge, {
      mounts: loadMounts(this.#name, config),
      tls: this.#tls,
    });
    this.#application = application;
    announceApi(this.#name, application);
    if (this.#name !== 'metadata') commons.followRevocations();
    transport.onHealthChange(() => this.#context.reportHealth(this.health()));
    this.#watchCertificates(application);
    this.#context.attachServer(application.server);
  }

  #watchCertificates({ server }: ApiApplication): void {
    if (this.#tls === undefined || !('setSecureContext' in server)) return;
    this.#certificates = new CertificateWatch(server, this.#tls, () => readTls(this.#context.config));
    this.#certificates.start();
  }

  async #stop(deadlineMs: number): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#policy.stop();
    this.#certificates?.stop();
    await this.#application?.close();
    this.#edge?.closeVerifier();
    await this.#commons?.leave(this.#context.config, deadlineMs);
  }
}

/** The service module of every API: `context.settings` is `{ "api": "<name in enabled_apis>" }`. */
export function createService(context: WorkerContext): Service {
  const { settings } = context;
  const wanted =
    typeof settings === 'object' && settings !== null && !Array.isArray(settings) && 'api' in settings
      ? settings['api']
      : undefined;
  const name = API_NAMES.find((known) => known === wanted);
  if (name === undefined) {
    throw new Error(`service ${context.name}: expected settings.api to be one of ${API_NAMES.join(', ')}`);
  }
  return new ApiService(context, name);
}
