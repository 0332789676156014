import type { Bounds } from './measure.js';

/** One way for a database to go away, and when it had gone and was back, in `performance.now()`. */
export interface Trouble {
  readonly name: string;
  /** What must hold of it. */
  readonly bounds: Bounds;
  run(): Promise<{ readonly goneAt: number; readonly backAt: number }>;
}

/** A database as an installation has it, and what can happen to it. */
export interface Site {
  readonly name: string;
  /** `[database]` options of the workers, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the truth is read at the end. */
  truthUrl(): string;
  readonly troubles: readonly Trouble[];
  stop(): Promise<void>;
}
