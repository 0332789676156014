import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { PolicyOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { Enforcer, computeRules, identityRules, imageRules, networkRules } from '#libs/policy';
import type { RuleDefault } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
import type { ApiName } from '../settings.js';
import type { PolicyChecker } from './policy-gate.js';

const log = getLogger('albireo.gateway.policy');

const rules: Readonly<Record<ApiName, readonly RuleDefault[]>> = {
  identity: identityRules,
  osapi_compute: computeRules,
  metadata: [],
  image: imageRules,
  network: networkRules,
};

/**
 * The rules of an API with `[oslo_policy]`'s files laid over them; relative paths are beside the configuration files.
 * Throws PolicyDefinitionError with every fault of the files.
 */
export function openPolicy(name: ApiName, config: Configuration): PolicyChecker {
  const options = config.get(PolicyOptions);
  const policyDirs = options.policyDirs.flatMap((path) => existing(path, config.configFiles) ?? []);
  return new Enforcer({
    defaults: rules[name],
    policyFile: existing(options.policyFile, config.configFiles),
    policyDirs,
    enforceNewDefaults: options.enforceNewDefaults,
    defaultRule: options.policyDefaultRule,
    onWarning: (message) => log.warning(message),
  });
}

/** Where a file or folder of rules is; undefined for a relative one that nobody has made (the defaults' case). */
function existing(path: string, configFiles: readonly string[]): string | undefined {
  if (isAbsolute(path)) return path;
  return configFiles.map((file) => join(dirname(file), path)).find((candidate) => existsSync(candidate));
}
