import type { Attack } from './attack.js';
import { deadTokens } from './dead-tokens.js';
import { foreignDomains } from './foreign-domains.js';
import { foreignObjects } from './foreign-objects.js';
import { hostilePatterns } from './hostile-patterns.js';
import { immutableRoles } from './immutable-roles.js';
import { loginGuessing } from './login-guessing.js';
import { metadataAddress } from './metadata-address.js';
import { metadataDevice } from './metadata-device.js';
import { metadataHeader } from './metadata-header.js';
import { quotasAtOnce } from './quotas-at-once.js';
import { routeSpellings } from './route-spellings.js';
import { unstorableTexts } from './unstorable-texts.js';

/** All of them, in the order in which they are played. A new attack is a file beside this one and a line here. */
export const ATTACKS: readonly Attack[] = [
  routeSpellings,
  foreignObjects,
  unstorableTexts,
  foreignDomains,
  deadTokens,
  immutableRoles,
  loginGuessing,
  metadataAddress,
  metadataDevice,
  metadataHeader,
  hostilePatterns,
  quotasAtOnce,
];
