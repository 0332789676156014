export interface Client {
  call(payload: object): Promise<unknown>;
  /** Resolves when the broker has confirmed the message; absent where there is nothing to confirm with. */
  cast?(payload: object): Promise<void>;
  close(): Promise<void>;
}

/** One side of a benchmark; a candidate is served in one process and called from another. */
export interface Candidate {
  serve(url: string): Promise<() => Promise<void>>;
  connect(url: string): Promise<Client>;
}

export const exchange = 'bench';
export const topic = 'bench';
