import type { Bounds } from './measure.js';

/** One way for a database or a broker to go away, and when it had gone and was back, in `performance.now()`. */
export interface Trouble {
  readonly name: string;
  /** What must hold of it. */
  readonly bounds: Bounds;
  run(): Promise<{ readonly goneAt: number; readonly backAt: number }>;
}

/** A database, or a cluster of brokers, as an installation has it, and what can happen to it. */
export interface Site {
  readonly name: string;
  /** `[database]` options of the workers, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Options of all programs that lead to a broker. @default a broker of its own, to which nothing happens */
  readonly brokerEnv?: Readonly<Record<string, string>>;
  /** Where the truth is read at the end. */
  truthUrl(): string;
  readonly troubles: readonly Trouble[];
  /** What is wrong when all troubles are over and the load still runs. @default nothing */
  lastLook?(): Promise<readonly string[]>;
  stop(): Promise<void>;
}
