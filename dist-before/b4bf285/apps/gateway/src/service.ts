import { openConfiguredTransport } from '#libs/messaging';
import type { RpcServer } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import type { JsonValue, Service, ServiceHealth, WorkerContext } from '#libs/launcher';
import type { Enforcer } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
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
import { revocationServer } from './edge/rpc/revocation-server.js';
import { API_NAMES } from './edge/settings.js';
import type { ApiName } from './edge/settings.js';

const log = getLogger('albireo.gateway');

/** One API in one worker process. */
class ApiService implements Service {
  readonly #context: WorkerContext;
  readonly #name: ApiName;
  #transport: Transport | undefined;
  readonly #policy: Enforcer;
  readonly #tls: TlsMaterial | undefined;
  #edge: Edge | undefined;
  #application: ApiApplication | undefined;
  #revocationServer: RpcServer | undefined;
  #certificates: CertificateWatch | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(context: WorkerContext, name: ApiName) {
    this.#context = context;
    this.#name = name;
    // What no other worker could do better is found before any of it starts.
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
    this.#transport?.refreshVersions();
    this.#certificates?.look();
  }

  /** Ready once the broker has been reached; a later loss is told, and answered to clients with 503. */
  health(): ServiceHealth {
    const bus = this.#transport?.health();
    if (this.#application === undefined || bus === undefined) return { ready: false, reason: 'starting' };
    if (!bus.everConnected) return { ready: false, reason: 'the message broker has not been reached yet' };
    if (!bus.connected) return { ready: true, reason: 'the message broker is away' };
    if (bus.blocked) return { ready: true, reason: 'the message broker takes no messages (memory or disk alarm)' };
    const silent = bus.consumers.filter((consumer) => !consumer.consuming).map((consumer) => consumer.name);
    return silent.length === 0 ? { ready: true } : { ready: true, reason: `not consuming: ${silent.join(', ')}` };
  }

  report(): JsonValue {
    const { broker, calls } = this.#transport?.report() ?? {};
    return JSON.parse(JSON.stringify({ broker, calls })) as JsonValue;
  }

  async #start(): Promise<void> {
    const { config, program } = this.#context;
    const transport = await openConfiguredTransport(config, program);
    this.#transport = transport;
    const edge = openEdge(this.#name, config, transport, this.#policy);
    this.#edge = edge;
    const api = await apiLoaders[this.#name]();
    const application = await createApiApplication(api, edge, {
      mounts: loadMounts(this.#name, config),
      tls: this.#tls,
    });
    this.#application = application;
    if (this.#name !== 'metadata') {
      edge.revocations.start();
      this.#revocationServer = revocationServer(transport, edge.revocations);
      // Only a hint travels this way, so nobody waits for it; a broker that is away is waited for by the server.
      this.#revocationServer.start().catch((error: unknown) => {
        if (this.#stopping === undefined)
          log.warning('Revocations are only polled: their fanout cannot be heard', { error: String(error) });
      });
    }
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
    this.#edge?.revocations.stop();
    await this.#application?.close();
    this.#edge?.closeVerifier();
    await this.#revocationServer?.stop(Math.min(deadlineMs, 5_000));
    // Ends what still waits for the broker.
    await this.#transport?.stop();
    await this.#edge?.revocations.stopped();
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
