import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { PolicyOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import type { AuthorizerSettings } from './authorizer.js';

/** `[oslo_policy]`: relative paths are beside the configuration files, and need not be there. */
export function policySettings(config: Configuration): AuthorizerSettings {
  const options = config.get(PolicyOptions);
  const policyFile = existing(options.policyFile, config.configFiles);
  return {
    ...(policyFile === undefined ? {} : { policyFile }),
    policyDirs: options.policyDirs.flatMap((path) => existing(path, config.configFiles) ?? []),
    enforceNewDefaults: options.enforceNewDefaults,
    enforceScope: options.enforceScope,
    defaultRule: options.policyDefaultRule,
  };
}

function existing(path: string, configFiles: readonly string[]): string | undefined {
  if (isAbsolute(path)) return path;
  return configFiles.map((file) => join(dirname(file), path)).find((candidate) => existsSync(candidate));
}
