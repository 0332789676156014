import { ApiListenOptions, CatalogOptions, IdentityOptions, ServiceOptions } from '#libs/options';
import type { ApiName, Configuration } from '#libs/options';

/** The host under which a program on this machine reaches a listen address. */
export function reachableHost(listen: string): string {
  // A listener on all addresses also listens on those of IPv4.
  if (listen === '0.0.0.0' || listen === '::') return '127.0.0.1';
  return listen.includes(':') ? `[${listen}]` : listen;
}

/** `https` for an API of `enabled_ssl_apis`. */
export function schemeOf(api: ApiName, config: Configuration): 'http' | 'https' {
  return config.get(ServiceOptions).enabledSslApis.includes(api) ? 'https' : 'http';
}

/** The URL of the Identity API for clients: the catalog's public URL, otherwise the listen address, if known. */
export function identityUrl(config: Configuration, bound?: { readonly host: string; readonly port: number }): string {
  const { identityPublicUrl } = config.get(CatalogOptions);
  if (identityPublicUrl !== undefined) return identityPublicUrl;
  const { identityListen, identityListenPort } = config.get(ApiListenOptions);
  const { host, port } = bound ?? { host: identityListen, port: identityListenPort };
  return `${schemeOf('identity', config)}://${reachableHost(host)}:${port}/v3`;
}

/**
 * A clouds.yaml with the cloud `albireo` for the `openstack` command, openstacksdk and gophercloud. It contains the
 * administrator's password: it is printed to the caller's terminal, but never logged.
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
