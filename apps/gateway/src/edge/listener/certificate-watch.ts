import { X509Certificate } from 'node:crypto';
import type { Server as TlsServer } from 'node:https';
import { getLogger } from '#libs/telemetry';
import { contextOptions, sameTls } from './tls-material.js';
import type { TlsMaterial } from './tls-material.js';

const log = getLogger('albireo.gateway.tls');
const INTERVAL_MS = 10_000;

/**
 * Reloads the certificate of a TLS server when the files have changed: new connections use the new one, open ones stay.
 * Files that do not match (only one of two has been written) are tried again; the old ones stay in use until then.
 */
export class CertificateWatch {
  readonly #server: TlsServer;
  readonly #read: () => TlsMaterial | undefined;
  #current: TlsMaterial;
  #lastFault = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(server: TlsServer, current: TlsMaterial, read: () => TlsMaterial | undefined) {
    this.#server = server;
    this.#current = current;
    this.#read = read;
  }

  start(intervalMs = INTERVAL_MS): void {
    this.#timer = setInterval(() => this.look(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Checks the files now. */
  look(): void {
    try {
      const found = this.#read();
      this.#lastFault = '';
      if (found === undefined || sameTls(found, this.#current)) return;
      this.#server.setSecureContext(contextOptions(found));
      this.#current = found;
      const { subject, validTo } = new X509Certificate(found.cert);
      log.info(`New connections get the certificate of ${subject.replaceAll('\n', ', ')}, valid to ${validTo}`);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault === this.#lastFault) return;
      this.#lastFault = fault;
      log.warning(`The certificate that is in use stays, since the files cannot be used: ${fault}`);
    }
  }
}
