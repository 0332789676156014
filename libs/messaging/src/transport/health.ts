/** One call that waits for its reply, or one request that a server of this process has taken. */
export interface RpcInFlight {
  readonly topic: string;
  readonly method: string;
  /** @default none, when the sender gives none */
  readonly requestId: string | null;
  readonly ageSeconds: number;
}

/** The content of a state report about a transport. */
export interface MessagingReport {
  readonly broker: MessagingHealth;
  readonly calls: readonly RpcInFlight[];
  readonly requests: readonly RpcInFlight[];
}

export interface ConsumerHealth {
  /** The consumed queue's name, or the server's. */
  readonly name: string;
  /** False while the broker does not deliver to it. */
  readonly consuming: boolean;
  /** Why not, if known. */
  readonly reason?: string;
}

/** A topic for which calls found no server. */
export interface UnservedTopic {
  readonly topic: string;
  readonly reason: string;
}

export interface MessagingHealth {
  readonly connected: boolean;
  /** The broker refuses publishes (memory or disk alarm). */
  readonly blocked: boolean;
  /** True once a connection has been open. */
  readonly everConnected: boolean;
  /** Why there is no connection: host, vhost, user and the broker's reason. Null while there is one. */
  readonly fault: string | null;
  readonly consumers: readonly ConsumerHealth[];
  /** Among the topics that this transport has called. */
  readonly unserved: readonly UnservedTopic[];
}

/** The text for a readiness page that there is no connection. */
export function brokerAway({ everConnected, fault }: MessagingHealth): string {
  const away = everConnected ? 'the message broker is away' : 'the message broker has not been reached yet';
  return fault === null ? away : `${away}: ${fault}`;
}
