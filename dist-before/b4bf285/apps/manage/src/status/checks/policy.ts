import type { Configuration } from '#libs/config';
import { POLICY_SERVICES, openEnforcer } from '../../policy/policy-services.js';
import { failure, success, warning } from '../upgrade-check.js';
import type { CheckResult } from '../upgrade-check.js';

/** The operator's policy files, read as the programs read them. */
export function checkPolicy(config: Configuration): CheckResult {
  const warnings: string[] = [];
  try {
    for (const service of Object.keys(POLICY_SERVICES)) {
      openEnforcer(service, config, (message) => warnings.push(message)).stop();
    }
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
  return warnings.length === 0 ? success() : warning([...new Set(warnings)].join(' '));
}
