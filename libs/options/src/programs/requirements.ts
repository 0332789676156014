import { ApiOptions } from '../groups/api.options.js';
import { KeystoneAuthtokenOptions } from '../groups/keystone-authtoken.options.js';
import { NeutronOptions } from '../groups/network.options.js';
import { RabbitOptions } from '#libs/messaging/options';
import { ServiceOptions } from '../groups/service.options.js';
import type { ApiName } from '../groups/service.options.js';
import type { ConditionalRequirement, OptionReader, Requirement } from '#libs/config';

/** Which APIs a program serves: its own ones, or what an option says. */
type ServedApis = (get: OptionReader) => readonly ApiName[];

/** None where the option has a fault, which is told by itself. */
const enabledApis: ServedApis = (get) => {
  const apis: readonly ApiName[] | undefined = get(ServiceOptions).enabledApis;
  return apis ?? [];
};

/** What every program needs that speaks with the broker. */
export const brokerRequirements: readonly Requirement[] = [
  'DEFAULT.transport_url',
  {
    option: 'oslo_messaging_rabbit.ssl_cert_file',
    since: (get) =>
      get(RabbitOptions).sslKeyFile === undefined ? undefined : '[oslo_messaging_rabbit] ssl_key_file is set',
  },
];

/** What the APIs need of secrets and keys; `serves` is what the program serves of them. */
export function apiRequirements(serves: ServedApis = enabledApis): readonly ConditionalRequirement[] {
  return [
    {
      option: 'neutron.metadata_proxy_shared_secret',
      since: (get) =>
        serves(get).includes('metadata') && get(NeutronOptions).serviceMetadataProxy
          ? '[neutron] service_metadata_proxy is true'
          : undefined,
    },
    ...['wsgi.ssl_cert_file', 'wsgi.ssl_key_file'].map((option) => ({ option, since: servedWithTls(serves) })),
    ...keystoneRequirements,
  ];
}

/** A gateway without a worker beside it is given its keys; albireo-server makes its own. */
export function signingKeys(serves: ServedApis = enabledApis): ConditionalRequirement {
  return {
    option: 'identity.signing_keys',
    since: (get) => {
      const checked = get(ApiOptions).authStrategy === 'keystone' ? ['identity'] : NEED_TOKENS;
      const [name] = serves(get).filter((api) => checked.includes(api));
      return name === undefined ? undefined : `the ${name} API checks tokens`;
    },
  };
}

const NEED_TOKENS: readonly string[] = ['identity', 'osapi_compute', 'image', 'network'];

function servedWithTls(serves: ServedApis): ConditionalRequirement['since'] {
  return (get) => {
    const apis = serves(get);
    const secured: readonly ApiName[] | undefined = get(ServiceOptions).enabledSslApis;
    const name = secured?.find((api) => apis.includes(api));
    return name === undefined ? undefined : `enabled_ssl_apis names ${name}`;
  };
}

/** How this service logs in to Keystone. */
const keystoneRequirements: readonly ConditionalRequirement[] = [
  keystone('auth_url', (options) => options.wwwAuthenticateUri === undefined),
  keystone('username', byPassword),
  keystone('password', byPassword),
  keystone('project_name', (options) => byPassword(options) && options.systemScope !== 'all'),
  keystone('application_credential_id', (options) => !byPassword(options)),
  keystone('application_credential_secret', (options) => !byPassword(options)),
];

function byPassword({ authType }: KeystoneAuthtokenOptions): boolean {
  return authType !== 'v3applicationcredential';
}

function keystone(name: string, isNeeded: (options: KeystoneAuthtokenOptions) => boolean): ConditionalRequirement {
  return {
    option: `keystone_authtoken.${name}`,
    since: (get) => {
      const options = get(KeystoneAuthtokenOptions);
      if (get(ApiOptions).authStrategy !== 'keystone' || !isNeeded(options)) return undefined;
      return '[api] auth_strategy is keystone';
    },
  };
}
