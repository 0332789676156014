import type { Generated } from 'kysely';
import type { DefaultTimestamp, Json } from './column-types.js';
import type { OutgoingMessage } from '#libs/messaging';

/** Committed casts that the broker may not have yet; a row is deleted when the broker confirms its message. */
export interface OutboxTable {
  id: Generated<number>;
  /** `_unique_id` of the message: every copy of it takes effect once. */
  unique_id: string;
  message: Json<OutgoingMessage>;
  attempts: Generated<number>;
  created_at: DefaultTimestamp;
  /** A sweeper may send it from this time on. */
  due_at: DefaultTimestamp;
}

/** Received casts: which worker processes them and which took effect. */
export interface ConsumedMessagesTable {
  unique_id: string;
  topic: string;
  state: 'running' | 'done' | 'failed';
  /** The number of claims; also the fencing token. */
  attempts: number;
  lease_until: DefaultTimestamp;
  reason: string | null;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/** A host's service as it reports itself; it is up while `updated_at` is recent. */
export interface ServicesTable {
  id: string;
  binary: string;
  host: string;
  zone: Generated<string>;
  disabled: Generated<boolean>;
  disabled_reason: string | null;
  report_count: Generated<number>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
  /** nova's id before 2.53. */
  number: Generated<number>;
  forced_down: Generated<boolean>;
}

/** One row: how far business time is ahead of the machine's clock; `business_offset()` returns the same value. */
export interface ClockStateTable {
  only: Generated<boolean>;
  /** Milliseconds. */
  offset_ms: number;
  /** The number of moves. */
  version: number;
}

/** One row: how often a snapshot replaced the state of a cloud for tests. */
export interface StateEpochTable {
  only: Generated<boolean>;
  epoch: number;
}

export interface MessagingTables {
  state_epoch: StateEpochTable;
  clock_state: ClockStateTable;
  outbox: OutboxTable;
  consumed_messages: ConsumedMessagesTable;
  services: ServicesTable;
}
