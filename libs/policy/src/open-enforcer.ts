import type { Configuration } from '#libs/config';
import { PolicyOptions } from './options.js';
import { Enforcer } from './enforcer.js';
import type { FileSources } from './internal/policy-file.js';
import type { RuleDefault } from './rule-rows.js';

/** How a program opens the rules of a service; `onWarning` is told what the files have that is probably not meant. */
export type EnforcerOpener = (defaults: readonly RuleDefault[], onWarning?: (message: string) => void) => Enforcer;

/**
 * The one way from `[oslo_policy]` to an enforcer: every program finds the same files (`Configuration.findFile`), also
 * those that appear while it runs. The enforcer throws PolicyDefinitionError for files with faults.
 */
export function policyOpener(config: Configuration): EnforcerOpener {
  const options = config.get(PolicyOptions);
  const { policyFile, policyDirs } = options;
  // The file of the default name need not be there; one that is named and nowhere, or that is gone, is worth a warning.
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
