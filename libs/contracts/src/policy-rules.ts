import type { RuleDefault } from '#libs/policy';
import { networkPolicy } from './network/policy.js';
import { computeRules } from './policy/compute.js';
import { identityRules } from './policy/identity.js';
import { imageRules } from './policy/image.js';
import { serverActionRules } from './server-actions/index.js';

/** The service that the rules belong to: base rules such as `admin_or_owner` differ between the services. */
export type PolicyService = 'identity' | 'compute' | 'image' | 'network';

/** The registered rules of each service; both halves check the same rules. */
export const policyRules: Readonly<Record<PolicyService, readonly RuleDefault[]>> = {
  identity: identityRules,
  compute: [...computeRules, ...serverActionRules],
  image: imageRules,
  network: networkPolicy,
};
