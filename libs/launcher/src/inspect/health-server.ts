import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isIP } from 'node:net';
import { getLogger } from '#libs/telemetry';
import { LauncherError } from '../launcher.errors.js';
import { findPortHolder, hostAndPort, listenOn } from '../listen/port-holder.js';
import type { Readiness } from '../workers/readiness.js';

const log = getLogger('albireo.launcher');

/** The data sources of the probes. */
export interface HealthSources {
  readiness(): Readiness;
  /** Whether all workers have been ready at the same time. */
  hasStarted(): boolean;
  metrics(): Promise<{ contentType: string; text: string }>;
  /** The state report, for callers on this machine. */
  report(form: 'text' | 'json'): Promise<string>;
  /** Answers further paths; false for a path that it does not know. */
  page?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** The listener for probes runs in the parent, so that a busy worker cannot make the pod look dead. */
export class HealthServer {
  readonly #server: Server;
  readonly #sources: HealthSources;

  constructor(sources: HealthSources) {
    this.#sources = sources;
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.keepAliveTimeout = 1000;
  }

  /** @param port 0 = a free one; the bound port is returned and logged */
  async listen(host: string, port: number): Promise<number> {
    try {
      const bound = await listenOn(host, (each) => this.#bind(each, port));
      log.info(`health listening on ${hostAndPort(bound.address, bound.port)}`);
      return bound.port;
    } catch (error) {
      const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      const holder = isInUse ? findPortHolder(port) : undefined;
      const reason = error instanceof Error ? error.message : String(error);
      const who = holder === undefined ? reason : `the port is in use by ${holder}`;
      const advice = 'Set another [health] port (0 = a free one, -1 = off).';
      throw new LauncherError(
        isInUse ? 'PORT_IN_USE' : 'CANNOT_LISTEN',
        `Could not bind health to ${hostAndPort(host, port)}: ${who}. ${advice}`,
        { cause: error },
      );
    }
  }

  #bind(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address : { address: host, port, family: '' });
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (this.#sources.page?.(request, response) === true) return;
    const [path, query = ''] = (request.url ?? '/').split('?', 2);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'only GET and HEAD\n');
      return;
    }
    switch (path) {
      case '/livez':
        // The fact that this answers is the result: the parent's event loop runs, and so does the supervision.
        answer(response, 200, 'ok\n');
        return;
      case '/readyz': {
        const { ready, lines } = this.#sources.readiness();
        const verbose = new URLSearchParams(query).has('verbose');
        const text = verbose
          ? `${lines.join('\n')}\n${ready ? 'ready' : 'not ready'}\n`
          : ready
            ? 'ok\n'
            : 'not ready\n';
        answer(response, ready ? 200 : 503, text);
        return;
      }
      case '/startupz': {
        const started = this.#sources.hasStarted();
        answer(response, started ? 200 : 503, started ? 'ok\n' : 'starting\n');
        return;
      }
      case '/metrics':
        this.#serveLater(response, 'the metrics of the workers', this.#sources.metrics());
        return;
      case '/report':
        this.#serveReport(request, response, new URLSearchParams(query).get('format') === 'json');
        return;
      default:
        answer(response, 404, 'known are /livez, /readyz, /startupz and /metrics\n');
    }
  }

  /**
   * The report contains more than a probe needs: it is served only to this machine, and not to a web page that a
   * browser on this machine has open.
   */
  #serveReport(request: IncomingMessage, response: ServerResponse, json: boolean): void {
    if (!isFromThisMachine(request.socket) || !namesAnAddress(request.headers.host)) {
      answer(response, 403, 'the state report is for callers on this machine only\n');
      return;
    }
    const report = this.#sources.report(json ? 'json' : 'text');
    const contentType = json ? 'application/json' : 'text/plain; charset=utf-8';
    this.#serveLater(
      response,
      'the state report',
      report.then((text) => ({ contentType, text: `${text}\n` })),
    );
  }

  #serveLater(response: ServerResponse, what: string, page: Promise<{ contentType: string; text: string }>): void {
    page.then(
      ({ contentType, text }) => answer(response, 200, text, contentType),
      (error: unknown) => {
        log.exception(error, `Could not gather ${what}`);
        answer(response, 500, `could not gather ${what}\n`);
      },
    );
  }
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

function isFromThisMachine({ remoteAddress = '', localAddress }: Socket): boolean {
  const address = remoteAddress.replace(/^::ffff:/, '');
  return address.startsWith('127.') || address === '::1' || remoteAddress === localAddress;
}

/** A page of another site reaches loopback through a host name of its own (DNS rebinding), never through an address. */
function namesAnAddress(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}
