/** One side of a benchmark; a candidate is served in one process and called from another. */
export interface Candidate {
  serve(url: string): Promise<() => Promise<void>>;
  connect(url: string): Promise<{ call(payload: object): Promise<unknown>; close(): Promise<void> }>;
}

export const exchange = 'bench';
export const topic = 'bench';
