import type { Configuration } from '#libs/config';
import { policyRules } from '#libs/contracts';
import { policyOpener } from '#libs/policy';
import { failure, success, warning } from '../upgrade-check.js';
import type { CheckResult } from '../upgrade-check.js';

/** The operator's policy files, read as the programs read them. */
export function checkPolicy(config: Configuration): CheckResult {
  const warnings: string[] = [];
  try {
    for (const rules of Object.values(policyRules)) policyOpener(config)(rules, (message) => warnings.push(message));
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
  return warnings.length === 0 ? success() : warning([...new Set(warnings)].join(' '));
}
