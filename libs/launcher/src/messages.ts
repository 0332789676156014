import type { ConfigurationState } from '#libs/config';
import type { JsonValue, ListenAddress, ServiceHealth } from './service.js';

/** One service that a worker is ordered to run. */
export interface ServiceOrder {
  readonly name: string;
  readonly module: string;
  readonly listen?: ListenAddress | undefined;
  readonly settings?: JsonValue | undefined;
}

/**
 * The first message to a worker. It contains secrets (the configuration), so it is never logged and never written to
 * disk.
 */
export interface StartMessage {
  readonly type: 'start';
  readonly index: number;
  readonly services: readonly ServiceOrder[];
  /** The process name for `ps`; undefined = unchanged. */
  readonly title: string | undefined;
  readonly configuration: ConfigurationState;
}

export type ParentMessage =
  | StartMessage
  /** Sent together with a socket; `service` is the name of the service that listens. */
  | { readonly type: 'connection'; readonly id: number; readonly service: string }
  /** From now on responses contain `Connection: close`. */
  | { readonly type: 'drain' }
  /** Finish and exit 0. `deadlineMs` is the remaining time; null = no limit. */
  | { readonly type: 'stop'; readonly deadlineMs: number | null }
  | { readonly type: 'mutate'; readonly configuration: ConfigurationState }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'ask'; readonly id: number; readonly what: 'report' | 'metrics' }
  /** The parent has read the worker's stack through the inspector. */
  | { readonly type: 'close-inspector' };

export interface ReportedError {
  readonly message: string;
  readonly stack: string;
}

export type FailureStage = 'load' | 'create' | 'start' | 'run';

export type WorkerMessage =
  /** The worker's program is loaded and listens; messages sent before would be lost. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly health: Readonly<Record<string, ServiceHealth>> }
  /**
   * `load`: left out, the others continue; `create`: the service could not be made, and no other worker would succeed;
   * `start`: the next attempt may succeed.
   */
  | {
      readonly type: 'failed';
      readonly stage: FailureStage;
      readonly service: string;
      readonly error: ReportedError;
    }
  | { readonly type: 'taken'; readonly id: number }
  /** The worker got SIGTERM itself: it wants to stop and waits for `stop`. */
  | { readonly type: 'leaving' }
  | {
      readonly type: 'pong';
      readonly id: number;
      readonly health: Readonly<Record<string, ServiceHealth>>;
      readonly inFlight: number;
    }
  | { readonly type: 'health'; readonly service: string; readonly health: ServiceHealth }
  | { readonly type: 'answer'; readonly id: number; readonly value: JsonValue }
  /** The worker got SIGUSR2: the parent must write the report. */
  | { readonly type: 'report-wanted' }
  /** The worker's metrics at the time when its services had stopped. */
  | { readonly type: 'last-metrics'; readonly metrics: JsonValue }
  /** The last one; after it has been sent the process ends. */
  | { readonly type: 'bye' };

// Both ends are the same build on one private channel: a message with this mark is the launcher's and needs no further
// check. All other messages (of prom-client or another library that uses the channel) are ignored.
const mark = 'albireo';

export function wrap(message: ParentMessage | WorkerMessage): { readonly [mark]: ParentMessage | WorkerMessage } {
  return { [mark]: message };
}

function unwrap(value: unknown): unknown {
  return typeof value === 'object' && value !== null && mark in value ? value[mark] : undefined;
}

export function unwrapParentMessage(value: unknown): ParentMessage | undefined {
  return unwrap(value) as ParentMessage | undefined;
}

export function unwrapWorkerMessage(value: unknown): WorkerMessage | undefined {
  return unwrap(value) as WorkerMessage | undefined;
}
