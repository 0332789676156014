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

export interface ConsumerHealth {
  /** What is consumed: a queue's name, or a server's. */
  readonly name: string;
  /** False while the broker does not deliver to it. */
  readonly consuming: boolean;
  /** Why not, where that is known. */
  readonly reason?: string;
}

/** A topic that calls found nobody for. */
export interface UnservedTopic {
  readonly topic: string;
  readonly reason: string;
}

export interface MessagingHealth {
  readonly connected: boolean;
  /** The broker refuses publishes (memory or disk alarm). */
  readonly blocked: boolean;
  /** True once a connection has been there. */
  readonly everConnected: boolean;
  /** Why there is no connection: host, vhost, user and the broker's reason. Null while there is one. */
  readonly fault: string | null;
  readonly consumers: readonly ConsumerHealth[];
  /** Of the topics that this transport has called. */
  readonly unserved: readonly UnservedTopic[];
}

/** That there is no connection, for a readiness page. */
export function brokerAway({ everConnected, fault }: MessagingHealth): string {
  const away = everConnected ? 'the message broker is away' : 'the message broker has not been reached yet';
  return fault === null ? away : `${away}: ${fault}`;
}
