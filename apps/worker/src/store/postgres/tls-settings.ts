import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { invalidConnection as invalid } from '../store.errors.js';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof MODES)[number];

/** libpq's `sslmode` and its files (34.19 SSL Support). */
export interface TlsSettings {
  readonly mode: SslMode;
  /** PEM files, read again for every connection, so that renewed ones are used. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
  /** `system` for the certificate authorities that this program trusts by default. */
  readonly rootCertificate: string | undefined;
  readonly revocations: string | undefined;
  readonly minVersion: string | undefined;
  readonly maxVersion: string | undefined;
  /** TLS from the first byte, without an SSLRequest (PostgreSQL 17). */
  readonly direct: boolean;
}

/** Takes the TLS parameters out of a URL's parameters. Throws StoreError ConnectionInvalid. */
export function tlsSettings(take: (name: string) => string | undefined): TlsSettings {
  const rootCertificate = take('sslrootcert');
  const mode = modeOf(take('sslmode'), take('ssl'), rootCertificate);
  if (mode === 'verify-ca' && rootCertificate === undefined) throw invalid('sslmode=verify-ca needs sslrootcert');
  if (rootCertificate === 'system' && mode !== 'verify-full')
    throw invalid('sslrootcert=system needs sslmode=verify-full');
  const negotiation = take('sslnegotiation') ?? 'postgres';
  if (negotiation !== 'postgres' && negotiation !== 'direct')
    throw invalid(`sslnegotiation: expected postgres or direct, found "${negotiation}"`);
  if (negotiation === 'direct' && ['disable', 'allow', 'prefer'].includes(mode))
    throw invalid('sslnegotiation=direct needs sslmode=require or more');
  return {
    mode,
    certificate: take('sslcert'),
    key: take('sslkey'),
    passphrase: take('sslpassword'),
    rootCertificate,
    revocations: take('sslcrl'),
    minVersion: take('ssl_min_protocol_version'),
    maxVersion: take('ssl_max_protocol_version'),
    direct: negotiation === 'direct',
  };
}

/**
 * `ssl=true` is JDBC's form, which libpq accepts too; `no-verify` is pg's name for the behaviour of libpq's `require`.
 */
function modeOf(mode: string | undefined, ssl: string | undefined, rootCertificate: string | undefined): SslMode {
  if (mode === 'no-verify' || ssl === 'no-verify') return 'require';
  const known = MODES.find((one) => one === mode);
  if (known !== undefined) return known;
  if (mode !== undefined) throw invalid(`sslmode: expected ${MODES.join(', ')}, found "${mode}"`);
  if (ssl === undefined) return rootCertificate === 'system' ? 'verify-full' : 'prefer';
  if (ssl === 'true' || ssl === '1') return 'require';
  if (ssl === 'false' || ssl === '0') return 'disable';
  throw invalid(`ssl: expected true or false, found "${ssl}"`);
}

/** The tries of a mode, in order; each says whether it uses TLS. */
export function tlsTries(mode: SslMode): readonly boolean[] {
  switch (mode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, true];
    case 'prefer':
      return [true, false];
    default:
      return [true];
  }
}

/** The options of `node:tls` for a mode. Errors: StoreError ConnectionInvalid for a file that cannot be read. */
export async function tlsOptions(settings: TlsSettings): Promise<ConnectionOptions> {
  const { mode, rootCertificate } = settings;
  const ca = rootCertificate === 'system' ? undefined : await contentOf('sslrootcert', rootCertificate);
  const options: ConnectionOptions = {
    // As libpq: a root certificate is used in every mode; without one, only verify-full verifies.
    rejectUnauthorized: mode === 'verify-full' || ca !== undefined,
    ...filled('ca', ca),
    ...filled('cert', await contentOf('sslcert', settings.certificate)),
    ...filled('key', await contentOf('sslkey', settings.key)),
    ...filled('crl', await contentOf('sslcrl', settings.revocations)),
    ...filled('passphrase', settings.passphrase),
    ...filled('minVersion', settings.minVersion as ConnectionOptions['minVersion']),
    ...filled('maxVersion', settings.maxVersion as ConnectionOptions['maxVersion']),
  };
  if (mode !== 'verify-full') options.checkServerIdentity = () => undefined;
  return options;
}

function filled<K extends keyof ConnectionOptions>(
  key: K,
  value: ConnectionOptions[K] | undefined,
): Pick<ConnectionOptions, K> | object {
  return value === undefined ? {} : { [key]: value };
}

async function contentOf(parameter: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw invalid(`${parameter}: "${file}" cannot be read: ${reason}`);
  }
}
