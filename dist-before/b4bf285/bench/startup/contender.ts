/** One program as it is started for the measurement. */
export interface Contender {
  readonly name: string;
  readonly workers: number;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** Asked again and again until something answers, whatever the status. */
  readonly path: string;
}

export interface Measurement {
  readonly name: string;
  readonly workers: number;
  /** From exec to the first answer. */
  readonly firstAnswerMs: number;
  /** User and system time of all processes until every worker runs and is quiet. */
  readonly cpuMs: number;
  /** Proportional set size of all processes then. */
  readonly pssMiB: number;
  readonly processes: number;
}
