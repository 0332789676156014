import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import { WsgiOptions } from '#libs/options';
import type { Configuration } from '#libs/config';

/** Certificate, key and authorities of a listener, PEM. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** If set, clients must present a certificate of one of these authorities. */
  readonly ca?: Buffer;
}

/** TLS 1.2 and newer. */
export function contextOptions(material: TlsMaterial): SecureContextOptions {
  return { ...material, minVersion: 'TLSv1.2' };
}

/**
 * The files that `[wsgi]` names; undefined when it names none. Throws for files that cannot be read or do not match.
 */
export function readTls(config: Configuration): TlsMaterial | undefined {
  const { sslCaFile, sslCertFile, sslKeyFile } = config.get(WsgiOptions);
  if (sslCertFile === undefined || sslKeyFile === undefined) return undefined;
  const files = { cert: readFileSync(sslCertFile), key: readFileSync(sslKeyFile) };
  const material = sslCaFile === undefined ? files : { ...files, ca: readFileSync(sslCaFile) };
  try {
    createSecureContext(contextOptions(material));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const given = `ssl_cert_file ${sslCertFile} and ssl_key_file ${sslKeyFile}`;
    throw new Error(`[wsgi] ${given} cannot be used together: ${reason}`, { cause });
  }
  return material;
}

/** Whether two readings have the same content. */
export function sameTls(one: TlsMaterial, other: TlsMaterial): boolean {
  const noneOr = (part: Buffer | undefined): Buffer => part ?? Buffer.alloc(0);
  return one.cert.equals(other.cert) && one.key.equals(other.key) && noneOr(one.ca).equals(noneOr(other.ca));
}
