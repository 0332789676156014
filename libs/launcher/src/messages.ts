import type { ConfigurationState } from '#libs/config';
import type { JsonValue, ListenAddress, ServiceHealth } from './service.js';

/** One service as its worker is told to run it. */
export interface ServiceOrder {
  readonly name: string;
  readonly module: string;
  readonly listen?: ListenAddress | undefined;
  readonly settings?: JsonValue | undefined;
}

/** The first message to a worker. Holds secrets (the configuration), hence never logged and never on disk. */
export interface StartMessage {
  readonly type: 'start';
  readonly index: number;
  readonly services: readonly ServiceOrder[];
  /** The name of the process for `ps`; undefined = as it is. */
  readonly title: string | undefined;
  readonly configuration: ConfigurationState;
}

export type ParentMessage =
  | StartMessage
  /** Travels with a socket; `service` is the name of the one that listens. */
  | { readonly type: 'connection'; readonly id: number; readonly service: string }
  /** Answers carry `Connection: close` from now on. */
  | { readonly type: 'drain' }
  /** Finish and exit 0. `deadlineMs` is what is left; null = for ever. */
  | { readonly type: 'stop'; readonly deadlineMs: number | null }
  | { readonly type: 'mutate'; readonly configuration: ConfigurationState }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'ask'; readonly id: number; readonly what: 'report' | 'metrics' }
  /** The parent has looked at its stack through the inspector. */
  | { readonly type: 'close-inspector' };

export interface ReportedError {
  readonly message: string;
  readonly stack: string;
}

export type FailureStage = 'load' | 'create' | 'start' | 'run';

export type WorkerMessage =
  /** Its program is loaded and listens; what was sent before would be lost. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly health: Readonly<Record<string, ServiceHealth>> }
  /** `load`: left out, the others go on; `create`: the service could not be made, no worker will do better; `start`: it may go better next time. */
  | {
      readonly type: 'failed';
      readonly stage: FailureStage;
      readonly service: string;
      readonly error: ReportedError;
    }
  | { readonly type: 'taken'; readonly id: number }
  /** Got SIGTERM by itself: wants to leave, waits for `stop`. */
  | { readonly type: 'leaving' }
  | {
      readonly type: 'pong';
      readonly id: number;
      readonly health: Readonly<Record<string, ServiceHealth>>;
      readonly inFlight: number;
    }
  | { readonly type: 'health'; readonly service: string; readonly health: ServiceHealth }
  | { readonly type: 'answer'; readonly id: number; readonly value: JsonValue }
  /** Got SIGUSR2: the report is the parent's to make. */
  | { readonly type: 'report-wanted' }
  /** What it had counted when its services had stopped. */
  | { readonly type: 'last-metrics'; readonly metrics: JsonValue }
  /** The last one; after it has been sent the process ends. */
  | { readonly type: 'bye' };

// Both ends are the same build on one private channel: what has our mark is ours, and needs no deeper check. Everything
// else (prom-client's or another library's use of the channel) is left alone.
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
