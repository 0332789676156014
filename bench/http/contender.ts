/** The rows of the table, in the order in which they are measured. */
export const ROWS = [
  'GET flavors/detail',
  'GET networks, 10',
  'GET servers/detail, 5',
  'GET servers/{id}',
  'GET servers/detail, many',
  'POST networks',
  'POST servers',
  'GET ports, many',
  'GET security-group-rules, 100',
  'GET routers/{id}',
  'GET images/{id}',
] as const;
/** The rows for which `prepare` makes many servers, and many ports. */
export const MANY: RowName = 'GET servers/detail, many';
export const MANY_PORTS: RowName = 'GET ports, many';
export const MANY_RULES: RowName = 'GET security-group-rules, 100';
export type RowName = (typeof ROWS)[number];

export interface LoadRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Any other status is an error of the measurement. */
  readonly status: number;
}

/** Something that answers the rows' requests. */
export interface Contender {
  readonly name: string;
  /** How many requests its code takes to run at full speed. */
  readonly warmUpRequests: number;
  /** On how many connections they come, whatever the measurement has: code compiled while few came would look dearer. */
  readonly warmUpConnections: number;
  /** The roots of its processes' trees, by the name of their group. */
  readonly groups: ReadonlyMap<string, readonly number[]>;
  readonly requests: ReadonlyMap<RowName, LoadRequest>;
  /** Makes what a row needs, as 1000 servers. */
  prepare(row: RowName): Promise<void>;
  /** Resolves once what the answered requests have set off is done, as the building of servers. */
  settled(): Promise<void>;
  /** Switches profiling of its processes, where that was asked for. */
  profile?(wanted: 'on' | 'off'): Promise<void>;
  stop(): Promise<void>;
}

/** How much of everything: a full run, or a short one which only shows that all of it works. */
export interface Extent {
  /** Servers of the row with many. */
  readonly servers: number;
  readonly connections: readonly number[];
  /** Most time of a warm-up. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
  /** Most connections of that row: nova would let more wait for minutes. */
  readonly mostForMany: number;
  /** Most requests of a cell that builds servers, for each connection. */
  readonly builds: number;
}
