import type { CallerPolicy, RequestInterceptor } from './access-policy.js';
import type { Backport, Contract } from '../contract/contract.js';
import type { DeliveryLedger } from './delivery.js';
import type { MessageSerializer } from '../wire/message-serializer.js';

/** The settings that a server of one topic gets from its creator. */
export interface RunnerOptions {
  readonly exchange: string;
  readonly topic: string;
  readonly concurrency: number;
  readonly ledger: DeliveryLedger | null;
  readonly serializer: MessageSerializer | null;
  readonly callerPolicy: CallerPolicy | null;
  readonly interceptor: RequestInterceptor | null;
  /** The served contracts, without this library's own. */
  readonly served: readonly Contract[];
  readonly storableTexts: boolean;
  readonly backport: Backport | null;
}
