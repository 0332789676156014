import type { Configuration } from '#libs/config';
import { PolicyOptions } from './options.js';
import { Enforcer } from './enforcer.js';
import type { FileSources } from './internal/policy-file.js';
import type { RuleDefault } from './rule-rows.js';

/** Opens the policy rules of a service; `onWarning` receives warnings about probable mistakes in the files. */
export type EnforcerOpener = (defaults: readonly RuleDefault[], onWarning?: (message: string) => void) => Enforcer;

/**
 * The one way from `[oslo_policy]` to an enforcer: every program finds the same files (`Configuration.findFile`),
 * including files that appear while it runs. The enforcer throws PolicyDefinitionError for files with faults.
 */
export function policyOpener(config: Configuration): EnforcerOpener {
  const options = config.get(PolicyOptions);
  const { policyFile, policyDirs } = options;
  // The file of the default name may be missing; a file that is named but not found, or that has disappeared, is worth
  // a warning.
  let lastFound = policyFile === 'policy.yaml' ? undefined : policyFile;
  const files = (): FileSources => {
    lastFound = config.findFile(policyFile) ?? lastFound;
    return { policyFile: lastFound, policyDirs: policyDirs.flatMap((folder) => config.findFile(folder) ?? []) };
  };
  return (defaults, onWarning) =>
    new Enforcer({
      defaults,
      files,
      enforceNewDefaults: options.enforceNewDefaults,
      enforceScope: options.enforceScope,
      defaultRule: options.policyDefaultRule,
      ...(onWarning && { onWarning }),
    });
}
