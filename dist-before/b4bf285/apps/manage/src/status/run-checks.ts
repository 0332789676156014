import { loadConfiguration } from '#libs/config';
import type { Configuration, ConfigurationInspection, LoadInput } from '#libs/config';
import { checkBroker } from './checks/broker.js';
import { checkConfigurationFiles } from './checks/configuration.js';
import { checkDatabase } from './checks/database.js';
import { checkPolicy } from './checks/policy.js';
import { checkSigningKeys } from './checks/signing-keys.js';
import { failure } from './upgrade-check.js';
import type { CheckResult, NamedResult } from './upgrade-check.js';

type Group = (config: Configuration) => Promise<NamedResult[]>;

const one =
  (name: string, check: (config: Configuration) => CheckResult): Group =>
  async (config) => [{ name, ...check(config) }];

const groups: readonly Group[] = [
  one('Signing Keys', checkSigningKeys),
  one('Policy Files', checkPolicy),
  checkDatabase,
  checkBroker,
];

/** All checks, one after the other; what stands behind a fault of the configuration is not looked at. */
export async function runChecks(input: LoadInput, inspection: ConfigurationInspection): Promise<NamedResult[]> {
  const configuration = checkConfigurationFiles(inspection.checkConfiguration(input));
  const results: NamedResult[] = [{ name: 'Configuration', ...configuration }];
  if (configuration.code === 'Failure') {
    const details = 'Not looked at: the configuration has errors.';
    return [...results, { name: 'Database and Services', ...failure(details) }];
  }
  const config = loadConfiguration(input);
  for (const group of groups) results.push(...(await group(config)));
  return results;
}
