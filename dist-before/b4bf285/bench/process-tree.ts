import { readFileSync } from 'node:fs';

const clockTicksPerSecond = 100;

/** The direct children of a process; none for one that has ended. */
export function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  } catch {
    return [];
  }
}

/** A process and all below it. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap((child) => processTree(child))];
}

/** User and system time of a process and of its children that have ended, in ms; 0 for one that has ended itself. */
export function cpuMsOf(pid: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0;
  }
  // After the command in parentheses: the 12th to 15th field are utime, stime, cutime, cstime.
  const fields = stat.replace(/^.*\)\s/s, '').split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return (ticks * 1000) / clockTicksPerSecond;
}

/** CPU time of whole trees of processes, in ms. */
export function cpuMsOfTrees(roots: readonly number[]): number {
  return roots.flatMap((root) => processTree(root)).reduce((sum, pid) => sum + cpuMsOf(pid), 0);
}
