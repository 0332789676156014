import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { ConsoleOptions, ConsoleTlsOptions, ConsoleauthOptions, VncOptions, upgradeLevels } from '#libs/options';
import type { Configuration } from '#libs/config';
import { ConsoleAccess, ExpectedError, conductorContract } from '#libs/contracts';
import type { JsonValue, Service, ServiceHealth, TlsFiles, WorkerContext } from '#libs/launcher';
import { RemoteError, RpcClient, brokerAway, openConfiguredTransport } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import { CONSOLE_NAMES, consoleProgram } from './console-programs.js';
import type { ConsoleName } from './console-programs.js';
import { StaticPages } from './pages/static-pages.js';
import { ConsoleProxy } from './proxy/console-proxy.js';
import type { RfbSecurity } from './proxy/rfb-security.js';
import { supplyBaseUrl } from './service-descriptions.js';

/** Time limit for the headers of a browser's request. */
const HEADERS_MS = 30_000;

/** A console program in a worker process. */
class ConsoleService implements Service {
  readonly #context: WorkerContext;
  readonly #name: ConsoleName;
  #transport: Transport | undefined;
  #proxy: ConsoleProxy | undefined;
  #starting: Promise<void> | undefined;

  constructor(context: WorkerContext, name: ConsoleName) {
    this.#context = context;
    this.#name = name;
  }

  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#proxy?.close();
    await this.#transport?.stop();
  }

  health(): ServiceHealth {
    const bus = this.#transport?.health();
    if (bus === undefined || this.#proxy === undefined) return { ready: false, reason: 'starting' };
    return bus.connected ? { ready: true } : { ready: bus.everConnected, reason: brokerAway(bus) };
  }

  report(): JsonValue {
    return { sessions: this.#proxy?.sessions ?? 0 };
  }

  async #start(): Promise<void> {
    const { config, program, listen } = this.#context;
    const transport = await openConfiguredTransport(config, program, { upgradeLevels: upgradeLevels(config) });
    this.#transport = transport;
    // If the worker is in this process, it gets the consoles' address here.
    supplyBaseUrl(this.#name, config, this.#context.address());
    const client = new RpcClient(transport, conductorContract, { rebuildError });
    this.#proxy = new ConsoleProxy({
      types: consoleProgram(this.#name, config).types,
      allowedOrigins: config.get(ConsoleOptions).allowedOrigins,
      endWithToken: config.get(ConsoleauthOptions).enforceSessionTimeout,
      rfb: this.#name === 'novncproxy' ? rfbSecurity(config) : undefined,
      find: async (token) => ConsoleAccess.unwrap(await client.call(createContext(), 'console_connect', { token })),
    });
    const server = createServer(config, listen?.tls);
    server.headersTimeout = HEADERS_MS;
    server.on('request', new StaticPages(this.#name, config.get(ConsoleTlsOptions).web).answer);
    this.#proxy.serve(server);
    transport.onHealthChange(() => this.#context.reportHealth(this.health()));
    this.#context.attachServer(server);
  }
}

const rebuildError = (error: RemoteError): Error | undefined => ExpectedError.fromRemote(error);

function rfbSecurity(config: Configuration): RfbSecurity {
  const { authSchemes, vencryptClientKey, vencryptClientCert, vencryptCaCerts } = config.get(VncOptions);
  return { schemes: authSchemes, key: vencryptClientKey, cert: vencryptClientCert, ca: vencryptCaCerts };
}

const MIN_VERSIONS = { default: undefined, tlsv1_1: 'TLSv1.1', tlsv1_2: 'TLSv1.2', tlsv1_3: 'TLSv1.3' } as const;

function createServer(config: Configuration, tls: TlsFiles | undefined): Server {
  if (tls === undefined) return createHttpServer();
  const { sslCiphers, sslMinimumVersion } = config.get(ConsoleOptions);
  const minVersion = MIN_VERSIONS[sslMinimumVersion];
  return createHttpsServer({
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
    ...(sslCiphers !== undefined && { ciphers: sslCiphers }),
    ...(minVersion !== undefined && { minVersion }),
  });
}

/** The service module of every console program: `context.settings` is `{ "console": "novncproxy" }`. */
export function createService(context: WorkerContext): Service {
  const { settings } = context;
  const wanted =
    typeof settings === 'object' && settings !== null && !Array.isArray(settings) && 'console' in settings
      ? settings['console']
      : undefined;
  const name = CONSOLE_NAMES.find((known) => known === wanted);
  if (name === undefined) {
    throw new Error(`service ${context.name}: expected settings.console to be one of ${CONSOLE_NAMES.join(', ')}`);
  }
  return new ConsoleService(context, name);
}
