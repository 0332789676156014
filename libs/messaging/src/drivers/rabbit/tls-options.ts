import { readFileSync } from 'node:fs';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import type { RabbitSettings } from '../../transport/rabbit-settings.js';

const tlsVersions: Readonly<Record<string, SecureVersion>> = {
  tlsv1: 'TLSv1',
  tlsv1_1: 'TLSv1.1',
  tlsv1_2: 'TLSv1.2',
};

type TlsFields = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'checkServerIdentity' | 'minVersion' | 'maxVersion'>;

/** TLS options for node:tls; the files are read anew each time. Throws when one cannot be read. */
export function tlsOptions(tls: RabbitSettings['tls']): TlsFields {
  if (tls === null) return {};
  const options: TlsFields = {};
  if (tls.caFile !== undefined) options.ca = readFileSync(tls.caFile);
  if (tls.certFile !== undefined) options.cert = readFileSync(tls.certFile);
  if (tls.keyFile !== undefined) options.key = readFileSync(tls.keyFile);
  const version = tls.version === undefined ? undefined : tlsVersions[tls.version];
  if (version !== undefined) Object.assign(options, { minVersion: version, maxVersion: version });
  if (tls.verifyHostname === false) options.checkServerIdentity = () => undefined;
  return options;
}
