/** A cast that is ready to be sent, as plain JSON, so that an outbox can store it. */
export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly fanout: boolean;
  /** `_unique_id`: the same for every copy, so that a copy takes effect once. */
  readonly uniqueId: string;
  /** The AMQP body, envelope included. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
