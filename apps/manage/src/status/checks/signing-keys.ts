import { IdentityOptions, MessagingOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { success, warning } from '../upgrade-check.js';
import type { CheckResult } from '../upgrade-check.js';

/** Gateways on different machines must have the same keys, or tokens of one are refused by the other. */
export function checkSigningKeys(config: Configuration): CheckResult {
  const { signingKeys } = config.get(IdentityOptions);
  const { transportUrl = 'memory:' } = config.get(MessagingOptions);
  if (signingKeys.length > 0) return success();
  if (transportUrl.startsWith('memory:')) {
    return success(`Generated in ${config.get(ServiceOptions).statePath}: for one machine.`);
  }
  return warning(
    '[identity] signing_keys is not set here. A gateway needs it, the same on all; a worker does not. Run this where the gateway runs.',
  );
}
