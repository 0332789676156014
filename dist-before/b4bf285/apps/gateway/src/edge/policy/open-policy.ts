import { existsSync } from 'node:fs';
import { PolicyOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { Enforcer, computeRules, identityRules, imageRules, networkRules } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
import { besideConfiguration } from '../beside-configuration.js';
import type { ApiName } from '../settings.js';

const log = getLogger('albireo.gateway.policy');
const RELOAD_INTERVAL_MS = 10_000;

const RULES = {
  identity: identityRules,
  osapi_compute: computeRules,
  metadata: computeRules,
  image: imageRules,
  network: networkRules,
} as const satisfies Record<ApiName, unknown>;

/** The policy of one API, from its registered rules and the operator's files, which are watched until `stop()`. */
export function openPolicy(name: ApiName, config: Configuration): Enforcer {
  const options = config.get(PolicyOptions);
  const policyFile = besideConfiguration(options.policyFile, config);
  const policyDirs = options.policyDirs
    .map((dir) => besideConfiguration(dir, config))
    .filter((dir) => dir !== undefined);
  const enforcer = new Enforcer({
    defaults: RULES[name],
    policyFile,
    policyDirs: policyDirs.filter(existsSync),
    enforceNewDefaults: options.enforceNewDefaults,
    enforceScope: options.enforceScope,
    defaultRule: options.policyDefaultRule,
    onWarning: (message) => log.warning(message),
  });
  if (policyFile !== undefined || policyDirs.length > 0) {
    const onError = (error: unknown): void =>
      log.exception(error, 'The policy files have faults; the rules before them stay');
    enforcer.start({ intervalMs: RELOAD_INTERVAL_MS, onError });
  }
  return enforcer;
}
