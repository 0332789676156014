import { childrenOf } from '../process-tree.js';

/** Runs a start-up and tells which processes this one has then for children that it had not before. */
export async function withNewProcesses<T>(start: () => Promise<T>): Promise<{ result: T; pids: number[] }> {
  const before = new Set(childrenOf(process.pid));
  const result = await start();
  return { result, pids: childrenOf(process.pid).filter((pid) => !before.has(pid)) };
}
