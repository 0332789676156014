import { ApiListenOptions, CatalogOptions, IdentityOptions, ServiceOptions } from '#libs/config';
import type { ApiName, Configuration } from '#libs/config';

/** The host under which a program on this machine reaches an address that it listens on. */
export function reachableHost(listen: string): string {
  if (listen === '0.0.0.0') return '127.0.0.1';
  if (listen === '::') return '[::1]';
  return listen.includes(':') ? `[${listen}]` : listen;
}

/** `https` for an API of `enabled_ssl_apis`. */
export function schemeOf(api: ApiName, config: Configuration): 'http' | 'https' {
  return config.get(ServiceOptions).enabledSslApis.includes(api) ? 'https' : 'http';
}

/** Where clients find the Identity API: the catalog's public URL, else where it listens, as far as that is known. */
export function identityUrl(config: Configuration, bound?: { readonly host: string; readonly port: number }): string {
  const { identityPublicUrl } = config.get(CatalogOptions);
  if (identityPublicUrl !== undefined) return identityPublicUrl;
  const { identityListen, identityListenPort } = config.get(ApiListenOptions);
  const { host, port } = bound ?? { host: identityListen, port: identityListenPort };
  return `${schemeOf('identity', config)}://${reachableHost(host)}:${port}/v3`;
}

/**
 * A clouds.yaml with the cloud `albireo` for the `openstack` command, openstacksdk and gophercloud. It holds the
 * administrator's password: it goes to the terminal of who asked, and into no log.
 */
export function cloudsYaml(config: Configuration, authUrl: string): string {
  const { adminUsername, adminPassword, adminProjectName } = config.get(IdentityOptions);
  const { regionName } = config.get(CatalogOptions);
  return [
    'clouds:',
    '  albireo:',
    '    auth:',
    `      auth_url: ${JSON.stringify(authUrl)}`,
    `      username: ${JSON.stringify(adminUsername)}`,
    `      password: ${JSON.stringify(adminPassword ?? '')}`,
    `      project_name: ${JSON.stringify(adminProjectName)}`,
    '      user_domain_id: default',
    '      project_domain_id: default',
    `    region_name: ${JSON.stringify(regionName)}`,
    '    identity_api_version: 3',
    '',
  ].join('\n');
}
