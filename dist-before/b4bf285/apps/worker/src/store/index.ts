// The worker's state: PostgreSQL or the embedded PGlite behind one face.
export { Store } from './store.js';
export type { Queries, Transaction, TransactionOptions } from './store.js';
export { openStore } from './open-store.js';
export { untilReachable } from './until-reachable.js';
export type { ReachOptions } from './until-reachable.js';
export { storeLocation } from './store-location.js';
export { defaultPoolSettings } from './store-settings.js';
export type { PoolSettings, StoreLocation } from './store-settings.js';
export { StoreError, sqlState, violatedUnique } from './store.errors.js';
export { databaseVersion, requireSchema, syncDatabase } from './migrations/sync-database.js';
export type { DatabaseVersion } from './migrations/sync-database.js';
export type { Database } from './schema.js';
export { reachStep } from './durable-step.js';
export { Outbox } from './outbox/outbox.js';
export type { MessagePublisher, OutboxSettings } from './outbox/outbox.js';
export { PostgresDeliveryLedger } from './ledger/postgres-delivery-ledger.js';
export type { Claim } from './ledger/postgres-delivery-ledger.js';
