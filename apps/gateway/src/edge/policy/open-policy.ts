import type { Configuration } from '#libs/config';
import { policyOpener } from '#libs/policy';
import type { Enforcer } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
import { POLICY_RULES } from '../access/access.check.js';
import type { ApiName } from '../api-names.js';

const log = getLogger('albireo.gateway.policy');

/** The policy of one API, from its registered rules and the operator's files, which are watched until `stop()`. */
export function openPolicy(name: ApiName, config: Configuration): Enforcer {
  const enforcer = policyOpener(config)(POLICY_RULES[name], (message) => log.warning(message));
  const onError = (error: unknown): void =>
    log.exception(error, 'The policy files have faults; the rules before them stay');
  enforcer.start({ onError });
  return enforcer;
}
