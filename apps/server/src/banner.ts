import {
  ConsoleTlsOptions,
  DatabaseOptions,
  IdentityOptions,
  MessagingOptions,
  ServiceOptions,
  UiOptions,
} from '#libs/options';
import type { ApiName, Configuration } from '#libs/options';
import type { ProcessLauncher } from '#libs/launcher';
import { CONSOLE_NAMES } from '../../consoles/src/console-programs.js';
import { cloudsYaml, identityUrl, reachableHost, schemeOf } from './clouds-yaml.js';
import { leavesNothing } from './local-secrets.js';

/** The listen addresses of the APIs. */
export type ApiAddresses = ReadonlyMap<ApiName, { readonly host: string; readonly port: number }>;

/** The addresses to which the launcher has bound the enabled APIs. */
export function boundAddresses(config: Configuration, launcher: ProcessLauncher): ApiAddresses {
  const addresses = new Map<ApiName, { host: string; port: number }>();
  for (const name of config.get(ServiceOptions).enabledApis) {
    const address = launcher.address(name);
    if (address !== undefined) addresses.set(name, address);
  }
  return addresses;
}

/** The addresses of this program's console programs, as rows of the banner. */
export function boundConsoles(config: Configuration, launcher: ProcessLauncher): [label: string, url: string][] {
  const scheme = config.get(ConsoleTlsOptions).cert === undefined ? 'http' : 'https';
  return CONSOLE_NAMES.flatMap((name) => {
    const address = launcher.address(name);
    if (address === undefined) return [];
    return [[name.replace('proxy', ''), `${scheme}://${reachableHost(address.host)}:${address.port}/`]];
  });
}

const LABELS: Readonly<Record<ApiName, { readonly label: string; readonly path: string }>> = {
  identity: { label: 'identity', path: '/v3' },
  osapi_compute: { label: 'compute', path: '/v2.1' },
  network: { label: 'network', path: '' },
  image: { label: 'image', path: '' },
  metadata: { label: 'metadata', path: '' },
};

/** The output of `albireo-server` when it is ready: endpoints, a clouds.yaml and a command that works. */
export function banner(
  config: Configuration,
  addresses: ApiAddresses,
  healthPort: number | undefined,
  consoles: readonly (readonly [label: string, url: string])[] = [],
): string {
  const rows = [...addresses].map(([api, { host, port }]): readonly [label: string, url: string] => {
    const { label, path } = LABELS[api];
    return [label, `${schemeOf(api, config)}://${reachableHost(host)}:${port}${path}`];
  });
  if (healthPort !== undefined) rows.push(['health', `http://127.0.0.1:${healthPort}/readyz?verbose`]);
  const page = pageUrl(config, healthPort);
  if (page !== undefined) rows.push(['page', page]);
  rows.push(...consoles);
  const width = Math.max(...rows.map(([label]) => label.length));
  const table = rows.map(([label, url]) => `  ${label.padEnd(width)}  ${url}`);
  const identity = addresses.get('identity');
  const parts = [`Albireo ${config.version} is ready: ${stateOf(config)}`, '', ...table];
  if (identity === undefined) return `${parts.join('\n')}\n`;
  const authUrl = identityUrl(config, identity);
  return [
    ...parts,
    '',
    leavesNothing(config) ? 'clouds.yaml:' : 'clouds.yaml (albireo-manage clouds-yaml prints it again):',
    '',
    cloudsYaml(config, authUrl),
    'A token:',
    '',
    `  ${tokenCommand(config, authUrl)}`,
    '',
  ].join('\n');
}

/** The URL of the page on the health port; undefined if there is none. */
export function pageUrl(config: Configuration, healthPort: number | undefined): string | undefined {
  return healthPort !== undefined && config.get(UiOptions).enabled ? `http://127.0.0.1:${healthPort}/ui` : undefined;
}

function stateOf(config: Configuration): string {
  const { transportUrl = 'memory://' } = config.get(MessagingOptions);
  const { ephemeral, statePath } = config.get(ServiceOptions);
  const messages = transportUrl.startsWith('memory:') ? 'messages inside the process' : 'messages over RabbitMQ';
  if (config.get(DatabaseOptions).connection !== undefined) return `state in PostgreSQL, ${messages}`;
  return ephemeral ? `state in memory, gone at the end, ${messages}` : `state in ${statePath}, ${messages}`;
}

function tokenCommand(config: Configuration, authUrl: string): string {
  const { adminUsername, adminPassword, adminProjectName } = config.get(IdentityOptions);
  const domain = { id: 'default' };
  const body = {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: adminUsername, domain, password: adminPassword ?? '' } },
      },
      scope: { project: { name: adminProjectName, domain } },
    },
  };
  const quoted = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return `curl -si ${authUrl}/auth/tokens -H 'content-type: application/json' -d '${quoted}'`;
}
