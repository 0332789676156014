import { CatalogOptions, IdentityOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { InstanceRecord } from './instance-record.js';

/** The variables with which OpenStack's clients log in as the administrator. */
export function clientEnvironment(config: Configuration, authUrl: string): Record<string, string> {
  const { adminUsername, adminPassword, adminProjectName } = config.get(IdentityOptions);
  return {
    OS_AUTH_TYPE: 'password',
    OS_AUTH_URL: authUrl,
    OS_IDENTITY_API_VERSION: '3',
    OS_USERNAME: adminUsername,
    OS_PASSWORD: adminPassword ?? '',
    OS_PROJECT_NAME: adminProjectName,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: config.get(CatalogOptions).regionName,
  };
}

/** The variables of a cloud: those of clients, and the URL of its control port. */
export function variablesOf({ name, environment, controlUrl, token }: InstanceRecord): Record<string, string> {
  return { ...environment, ALBIREO_NAME: name, ALBIREO_CONTROL_URL: controlUrl, ALBIREO_CONTROL_TOKEN: token };
}

/** Lines for `eval` in a POSIX shell. OS_CLOUD is unset: it would take precedence. */
export function exportLines(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return ['unset OS_CLOUD', ...lines, ''].join('\n');
}

/** The environment of a command: variables of OpenStack's clients for another cloud are removed. */
export function environmentFor(
  base: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('OS_'),
  );
  return { ...Object.fromEntries(kept), ...variables };
}

/** For a POSIX shell. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
