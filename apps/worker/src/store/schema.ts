import type { ComputeTables } from './tables/compute.tables.js';
import type { IdentityTables } from './tables/identity.tables.js';
import type { ImageTables } from './tables/image.tables.js';
import type { MessagingTables } from './tables/messaging.tables.js';
import type { NetworkTables } from './tables/network.tables.js';
import type { QuotaTables } from './tables/quota.tables.js';
import type { ServerTables } from './tables/server.tables.js';

/** All tables of the worker. A topic's migrations create its tables, and its `*.tables.ts` file describes them. */
export interface Database
  extends MessagingTables, IdentityTables, NetworkTables, ComputeTables, ServerTables, ImageTables, QuotaTables {}
