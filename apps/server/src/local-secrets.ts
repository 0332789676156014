import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseOptions, IdentityOptions, ServiceOptions, StartError } from '#libs/options';
import { makeDirectory } from '#libs/config';
import type { Configuration } from '#libs/config';

/** The secrets that an installation on one machine generates if its configuration does not set them. */
export interface LocalSecrets {
  readonly adminPassword: string;
  readonly signingKey: string;
}

/** The file in the data directory that contains generated secrets; only its owner can read it. */
export function localSecretsFile(config: Configuration): string {
  return join(config.get(ServiceOptions).statePath, 'secrets.json');
}

export function generateSecrets(): LocalSecrets {
  return { adminPassword: randomBytes(15).toString('base64url'), signingKey: randomBytes(32).toString('base64url') };
}

/**
 * Reads the generated secrets, or makes them. Two programs that start at the same time get the same ones: the file is
 * created by a link, which only one of them can make. Throws StartError for a file that cannot be read or written.
 */
export function readOrMakeSecrets(file: string): LocalSecrets {
  try {
    if (!existsSync(file)) {
      makeDirectory(join(file, '..'), 0o700);
      const draft = `${file}.${process.pid}`;
      writeFileSync(draft, `${JSON.stringify(generateSecrets())}\n`, { mode: 0o600 });
      chmodSync(draft, 0o600);
      try {
        linkSync(draft, file);
      } catch (error) {
        if (!existsSync(file)) throw error;
      }
      rmSync(draft, { force: true });
    }
    return parseSecrets(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`generated secrets: ${file} cannot be used: ${reason}`);
  }
}

function parseSecrets(text: string, file: string): LocalSecrets {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'adminPassword' in value && 'signingKey' in value) {
    const { adminPassword, signingKey } = value;
    if (typeof adminPassword === 'string' && typeof signingKey === 'string') return { adminPassword, signingKey };
  }
  throw new StartError(
    `generated secrets: ${file} holds no "adminPassword" and "signingKey"; remove it to make new ones`,
  );
}

/** Whether all state is lost when the program ends: `--ephemeral` and no PostgreSQL. */
export function leavesNothing(config: Configuration): boolean {
  return config.get(ServiceOptions).ephemeral && config.get(DatabaseOptions).connection === undefined;
}

/**
 * Sets the administrator's password and the signing key if the configuration has none: from the file of generated
 * secrets, or, if the state is lost when the program ends, to new ones that are never stored in a file.
 */
export function supplyLocalSecrets(config: Configuration): void {
  const { adminPassword, signingKeys } = config.get(IdentityOptions);
  if (adminPassword !== undefined && signingKeys.length > 0) return;
  const secrets = leavesNothing(config) ? generateSecrets() : readOrMakeSecrets(localSecretsFile(config));
  config.supply('identity', 'admin_password', secrets.adminPassword);
  config.supply('identity', 'signing_keys', [secrets.signingKey]);
}
