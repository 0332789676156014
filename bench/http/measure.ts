import { cpuMsOfTrees } from '../process-tree.js';
import { load } from './load.js';
import type { LoadResult } from './load.js';
import type { Contender, Extent, RowName } from './contender.js';

/** One cell of the table. */
export interface Measurement extends LoadResult {
  readonly contender: string;
  readonly row: RowName;
  readonly connections: number;
  /** CPU ms per request of each group of processes. */
  readonly cpuPerRequest: ReadonlyMap<string, number>;
}

export function cpuOfGroups({ groups }: Contender): Map<string, number> {
  return new Map([...groups].map(([group, roots]) => [group, cpuMsOfTrees(roots)]));
}

/** A server that is built runs so many times the code of another request. */
const BUILD_COST = 20;
/** Loads one row of one contender; undefined where it has no such row. */
export async function measure(
  contender: Contender,
  row: RowName,
  connections: number,
  extent: Extent,
): Promise<Measurement | undefined> {
  const request = contender.requests.get(row);
  if (request === undefined) return undefined;
  const { warmUpMs, measuredMs } = extent;
  const { warmUpConnections } = contender;
  const isBuild = row === 'POST servers';
  const limit = isBuild ? { requests: extent.builds * connections } : {};
  const warmUpRequests = isBuild ? Math.ceil(contender.warmUpRequests / BUILD_COST) : contender.warmUpRequests;
  let before = new Map<string, number>();
  const order = { request, connections, warmUpConnections, warmUpMs, warmUpRequests, measuredMs, ...limit };
  const result = await load(order, async () => {
    await contender.settled();
    await contender.profile?.('on');
    before = cpuOfGroups(contender);
  });
  await contender.settled();
  const after = cpuOfGroups(contender);
  await contender.profile?.('off');
  const cpuPerRequest = new Map(
    [...after].map(([group, cpuMs]) => [group, (cpuMs - (before.get(group) ?? 0)) / result.requests]),
  );
  return { ...result, contender: contender.name, row, connections, cpuPerRequest };
}

/** CPU ms a second of each group while nobody asks for anything. */
export async function measureIdle(contender: Contender, ms: number): Promise<Map<string, number>> {
  const before = cpuOfGroups(contender);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return new Map(
    [...cpuOfGroups(contender)].map(([group, cpuMs]) => [group, (cpuMs - (before.get(group) ?? 0)) / (ms / 1000)]),
  );
}
