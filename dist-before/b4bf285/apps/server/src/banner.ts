import { DatabaseOptions, IdentityOptions, MessagingOptions, ServiceOptions } from '#libs/config';
import type { ApiName, Configuration } from '#libs/config';
import { cloudsYaml, identityUrl, reachableHost, schemeOf } from './clouds-yaml.js';

/** Where an API listens. */
export type ApiAddresses = ReadonlyMap<ApiName, { readonly host: string; readonly port: number }>;

const LABELS: Readonly<Record<ApiName, { readonly label: string; readonly path: string }>> = {
  identity: { label: 'identity', path: '/v3' },
  osapi_compute: { label: 'compute', path: '/v2.1' },
  network: { label: 'network', path: '' },
  image: { label: 'image', path: '' },
  metadata: { label: 'metadata', path: '' },
};

/** What `albireo-server` prints when it is ready: endpoints, a clouds.yaml and a command that works. */
export function banner(config: Configuration, addresses: ApiAddresses, healthPort: number | undefined): string {
  const rows = [...addresses].map(([api, { host, port }]) => {
    const { label, path } = LABELS[api];
    return [label, `${schemeOf(api, config)}://${reachableHost(host)}:${port}${path}`] as const;
  });
  if (healthPort !== undefined) rows.push(['health', `http://127.0.0.1:${healthPort}/readyz?verbose`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  const table = rows.map(([label, url]) => `  ${label.padEnd(width)}  ${url}`);
  const identity = addresses.get('identity');
  const parts = [`Albireo ${config.version} is ready: ${stateOf(config)}`, '', ...table];
  if (identity === undefined) return `${parts.join('\n')}\n`;
  const authUrl = identityUrl(config, identity);
  return [
    ...parts,
    '',
    'clouds.yaml (albireo-manage clouds-yaml prints it again):',
    '',
    cloudsYaml(config, authUrl),
    'A token:',
    '',
    `  ${tokenCommand(config, authUrl)}`,
    '',
  ].join('\n');
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
