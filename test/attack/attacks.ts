import type { Attack } from './attack.js';
import { routeSpellings } from './route-spellings.js';

/** All of them, in the order in which they are played. A new attack is a file beside this one and a line here. */
export const ATTACKS: readonly Attack[] = [routeSpellings];
