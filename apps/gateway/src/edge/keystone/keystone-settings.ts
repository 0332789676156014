import { readFileSync } from 'node:fs';
import { KeystoneAuthtokenOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';

/** The address of Keystone and this service's credentials there. Times in ms. */
export interface KeystoneSettings {
  /** Ends in `/v3`. */
  readonly url: string;
  /** The `auth` object of this service's own log-in. */
  readonly auth: object;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly tls: {
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
    readonly rejectUnauthorized: boolean;
  };
}

const DEFAULT_TIMEOUT_MS = 20_000;

/** `[keystone_authtoken]` in the client's form. Throws StartError for missing settings. */
export function keystoneSettings(config: Configuration): KeystoneSettings {
  const options = config.get(KeystoneAuthtokenOptions);
  const url = options.authUrl ?? options.wwwAuthenticateUri;
  if (url === undefined) throw missing('auth_url');
  const base = url.replace(/\/+$/, '');
  return {
    url: base.endsWith('/v3') ? base : `${base}/v3`,
    auth: authOf(options),
    timeoutMs: options.httpConnectTimeout === undefined ? DEFAULT_TIMEOUT_MS : options.httpConnectTimeout * 1000,
    retries: options.httpRequestMaxRetries,
    tls: {
      ...(options.cafile === undefined ? {} : { ca: readFileSync(options.cafile) }),
      ...(options.certfile === undefined ? {} : { cert: readFileSync(options.certfile) }),
      ...(options.keyfile === undefined ? {} : { key: readFileSync(options.keyfile) }),
      rejectUnauthorized: !options.insecure,
    },
  };
}

function authOf(options: KeystoneAuthtokenOptions): object {
  if (options.authType === 'v3applicationcredential') {
    const { applicationCredentialId: id, applicationCredentialSecret: secret } = options;
    if (id === undefined) throw missing('application_credential_id');
    if (secret === undefined) throw missing('application_credential_secret');
    return { identity: { methods: ['application_credential'], application_credential: { id, secret } } };
  }
  const { username, password } = options;
  if (username === undefined) throw missing('username');
  if (password === undefined) throw missing('password');
  const user = { name: username, domain: domainOf(options.userDomainId, options.userDomainName), password };
  const identity = { methods: ['password'], password: { user } };
  if (options.systemScope === 'all') return { identity, scope: { system: { all: true } } };
  const { projectName: name } = options;
  if (name === undefined) throw missing('project_name');
  return {
    identity,
    scope: { project: { name, domain: domainOf(options.projectDomainId, options.projectDomainName) } },
  };
}

function domainOf(id: string | undefined, name: string | undefined): object {
  if (id !== undefined) return { id };
  return name === undefined ? { id: 'default' } : { name };
}

function missing(option: string): StartError {
  return new StartError(`[keystone_authtoken] ${option}: expected a value, since [api] auth_strategy is keystone`);
}
