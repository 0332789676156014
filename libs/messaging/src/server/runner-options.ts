import type { CallerPolicy, RequestInterceptor } from './access-policy.js';
import type { Backport, Contract } from '../contract/contract.js';
import type { DeliveryLedger } from './delivery.js';
import type { MessageSerializer } from '../wire/message-serializer.js';

/** What a server of one topic takes from whoever starts it. */
export interface RunnerOptions {
  readonly exchange: string;
  readonly topic: string;
  readonly concurrency: number;
  readonly ledger: DeliveryLedger | null;
  readonly serializer: MessageSerializer | null;
  readonly callerPolicy: CallerPolicy | null;
  readonly interceptor: RequestInterceptor | null;
  /** The contracts of others than this library. */
  readonly served: readonly Contract[];
  readonly storableTexts: boolean;
  readonly backport: Backport | null;
}
