import { IdentityOptions, MessagingOptions, ServiceOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { failure, success, warning } from '../upgrade-check.js';
import type { CheckResult } from '../upgrade-check.js';

/** As the gateway asks for them (RFC 7518 for HS256: as long as the hash). */
const LEAST_BYTES = 32;

/** Gateways on different machines must have the same keys, or tokens of one are refused by the other. */
export function checkSigningKeys(config: Configuration): CheckResult {
  const { signingKeys } = config.get(IdentityOptions);
  const { transportUrl = 'memory:' } = config.get(MessagingOptions);
  const short = signingKeys.filter((key) => Buffer.byteLength(key) < LEAST_BYTES).length;
  if (short > 0) {
    return failure(
      `[identity] signing_keys: ${short} of ${signingKeys.length} have less than ${LEAST_BYTES} characters.`,
    );
  }
  if (signingKeys.length > 0) return success();
  if (transportUrl.startsWith('memory:')) {
    return success(`Generated in ${config.get(ServiceOptions).statePath}: for one machine.`);
  }
  return warning(
    '[identity] signing_keys is not set here. A gateway needs it, the same on all; a worker does not. Run this where the gateway runs.',
  );
}
