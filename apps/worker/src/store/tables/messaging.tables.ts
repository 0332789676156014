import type { Generated } from 'kysely';
import type { DefaultTimestamp, Json } from './column-types.js';
import type { OutgoingMessage } from '#libs/messaging';

/** Casts that were committed and are not known to be with the broker yet; a row is deleted once it is confirmed. */
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

/** Casts that were received: who works on them and which took effect. */
export interface ConsumedMessagesTable {
  unique_id: string;
  topic: string;
  state: 'running' | 'done' | 'failed';
  /** Counts the claims; also the fencing token. */
  attempts: number;
  lease_until: DefaultTimestamp;
  reason: string | null;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/** A host's service as it reports itself; alive while `updated_at` is young. */
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
  /** nova's id until 2.52. */
  number: Generated<number>;
  forced_down: Generated<boolean>;
}

/** One row: how far business time is ahead of the machine's; `business_offset()` says the same. */
export interface ClockStateTable {
  only: Generated<boolean>;
  /** Milliseconds. */
  offset_ms: number;
  /** Counts the moves. */
  version: number;
}

/** One row: how often the state of a cloud for tests was replaced by a snapshot. */
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
