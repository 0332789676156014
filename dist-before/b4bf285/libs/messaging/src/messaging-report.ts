import type { MessagingHealth } from './health.js';

/** One call that waits for its answer, or one request that a server of this process has taken. */
export interface RpcInFlight {
  readonly topic: string;
  readonly method: string;
  /** @default none, of a sender that tells none */
  readonly requestId: string | null;
  readonly ageSeconds: number;
}

/** What a state report tells of a transport. */
export interface MessagingReport {
  readonly broker: MessagingHealth;
  readonly calls: readonly RpcInFlight[];
  readonly requests: readonly RpcInFlight[];
}
