/** Where a message goes, in oslo.messaging's words. */
export interface Target {
  /** Control exchange. @default the transport's */
  readonly exchange?: string;
  readonly topic: string;
  /** One server of the topic. @default any */
  readonly server?: string;
  /** All servers of the topic. @default false */
  readonly fanout?: boolean;
  readonly namespace?: string | null;
  readonly version?: string;
}
