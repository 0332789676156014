import type {
  ProgramDefaults,
  ProgramDeclaration,
  ConditionalRequirement,
  OptionReader,
  Requirement,
} from '#libs/config';
import { ApiOptions } from '../groups/api.options.js';
import { KeystoneAuthtokenOptions } from '../groups/keystone-authtoken.options.js';
import { NeutronOptions } from '../groups/network.options.js';
import { RabbitOptions } from '#libs/messaging/options';
import { ServiceOptions } from '../groups/service.options.js';
import type { ApiName } from '../groups/service.options.js';

/** The APIs that a program serves: its own ones, or those that an option names. */
type ServedApis = (get: OptionReader) => readonly ApiName[];

/** None if the option has a fault, which is reported separately. */
const enabledApis: ServedApis = (get) => {
  const apis: readonly ApiName[] | undefined = get(ServiceOptions).enabledApis;
  return apis ?? [];
};

/** The required options of every program that connects to the broker. */
const brokerRequirements: readonly Requirement[] = [
  'DEFAULT.transport_url',
  {
    option: 'oslo_messaging_rabbit.ssl_cert_file',
    since: (get) =>
      get(RabbitOptions).sslKeyFile === undefined ? undefined : '[oslo_messaging_rabbit] ssl_key_file is set',
  },
];

/** The secrets and keys that the APIs require; `serves` returns which APIs the program serves. */
function apiRequirements(serves: ServedApis = enabledApis): readonly ConditionalRequirement[] {
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

/** A gateway without a worker in the same process must be given its keys; albireo-server makes its own. */
function signingKeys(serves: ServedApis = enabledApis): ConditionalRequirement {
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

/** The credentials with which this service logs in to Keystone. */
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

const gatewayDefaults: ProgramDefaults = { health: { port: 8790 } };
/** A program with both halves in one process listens only for this machine. */
const onOneMachine: ProgramDefaults = {
  DEFAULT: {
    transport_url: 'memory://',
    identity_listen: '127.0.0.1',
    osapi_compute_listen: '127.0.0.1',
    metadata_listen: '127.0.0.1',
    image_listen: '127.0.0.1',
    network_listen: '127.0.0.1',
    // With one host a resize has no other destination.
    allow_resize_to_same_host: true,
  },
  health: { listen: '127.0.0.1', port: 8790 },
  vnc: { novncproxy_host: '127.0.0.1' },
  serial_console: { enabled: true, serialproxy_host: '127.0.0.1' },
  spice: { html5proxy_host: '127.0.0.1' },
};
const compute = () => ['osapi_compute'] as const;
const metadata = () => ['metadata'] as const;

/** Every program of the product: its main and the commands that explain a configuration read the same row. */
export const programs: readonly ProgramDeclaration[] = [
  {
    name: 'albireo-gateway',
    summary: 'The HTTP APIs of enabled_apis.',
    halves: ['api'],
    defaults: gatewayDefaults,
    required: [...brokerRequirements, ...apiRequirements(), signingKeys()],
  },
  {
    name: 'albireo-gateway-compute',
    summary: 'The Compute API alone.',
    halves: ['api'],
    defaults: gatewayDefaults,
    required: [...brokerRequirements, ...apiRequirements(compute), signingKeys(compute)],
  },
  {
    name: 'albireo-gateway-metadata',
    summary: 'The Metadata API alone.',
    halves: ['api'],
    defaults: gatewayDefaults,
    required: [...brokerRequirements, ...apiRequirements(metadata)],
  },
  {
    name: 'albireo-worker',
    summary: 'The RPC topics of enabled_topics.',
    halves: ['rpc'],
    // Not the gateway's port, so that the pair runs on one machine.
    defaults: { health: { port: 8791 } },
    required: brokerRequirements,
  },
  {
    name: 'albireo-server',
    summary: 'All HTTP APIs and the worker in one, for one machine unless told otherwise.',
    halves: ['api', 'rpc'],
    defaults: onOneMachine,
    // It makes the signing keys that it needs itself.
    required: apiRequirements(),
  },
  {
    name: 'albireo',
    summary: 'A cloud for tests: albireo-server with a control port, and the commands for it.',
    halves: ['api', 'rpc'],
    defaults: { ...onOneMachine, control: { enabled: true }, faults: { enabled: true }, ui: { enabled: true } },
    required: apiRequirements(),
  },
  ...(
    [
      ['novncproxy', 'VNC', 8792],
      ['serialproxy', 'serial', 8793],
      ['spicehtml5proxy', 'SPICE', 8794],
    ] as const
  ).map(([name, kind, port]): ProgramDeclaration => ({
    name: `albireo-${name}`,
    summary: `The ${kind} consoles of servers, for browsers.`,
    halves: ['api'],
    defaults: { health: { port } },
    required: brokerRequirements,
  })),
  { name: 'albireo-manage', summary: "The operator's commands.", halves: [], defaults: {}, required: [] },
];

/** The program of that name, if it belongs to the product. */
export function findProgram(name: string): ProgramDeclaration | undefined {
  return programs.find((program) => program.name === name);
}
