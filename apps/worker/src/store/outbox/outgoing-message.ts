/** Placeholder until the messaging library exports the type. */
export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly fanout: boolean;
  readonly uniqueId: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
