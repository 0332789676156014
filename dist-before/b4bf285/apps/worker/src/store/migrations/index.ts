import { messaging } from './0001-messaging.js';
import { identity } from './0002-identity.js';
import { network } from './0003-network.js';
import { compute } from './0004-compute.js';
import { image } from './0005-image.js';
import { identityChanges } from './0006-identity-changes.js';
import type { Migration } from './migration.js';

/** Every migration, in the order in which they run. */
export const migrations: readonly Migration[] = [messaging, identity, network, compute, image, identityChanges];
