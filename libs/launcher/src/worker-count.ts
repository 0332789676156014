import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { readCgroupLimits } from './internal/cgroup.js';

const mebibyte = 1024 * 1024;
/** What one worker with a Nest application weighs under load (measured: 67 to 107 MiB), with some room. */
const defaultFootprintMiB = 128;

/** What this machine or container gives to its processes. */
export interface MachineLimits {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** CPUs of the machine or the affinity mask, which a quota may cut. */
  readonly machineCpus: number;
}

export interface WorkerCount {
  readonly workers: number;
  /** One sentence for the log: how the number came about. */
  readonly reason: string;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** CPUs and memory within the limits of the control groups (version 1 and 2). */
export function machineLimits(read: (path: string) => string | undefined = readText): MachineLimits {
  const { cpus, memoryBytes } = readCgroupLimits(read);
  const machineCpus = availableParallelism();
  return {
    machineCpus,
    cpus: Math.min(machineCpus, cpus ?? machineCpus),
    memoryBytes: Math.min(totalmem(), memoryBytes ?? totalmem()),
  };
}

/**
 * How many workers each service of a program gets whose `*_workers` option is unset: as many as there are whole CPUs,
 * but not more than fit into memory together with those of all its other services, and at least one.
 *
 * @param counts the options of all services of the program: a number, or undefined where unset
 */
export function defaultWorkerCount(
  limits: MachineLimits,
  counts: readonly (number | undefined)[] = [undefined],
  footprintMiB = defaultFootprintMiB,
): WorkerCount {
  const byCpu = Math.max(1, Math.floor(limits.cpus));
  const memoryMiB = Math.floor(limits.memoryBytes / mebibyte);
  const all = Math.floor(memoryMiB / footprintMiB);
  const set = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const services = Math.max(1, counts.filter((count) => count === undefined).length);
  const workers = Math.min(byCpu, Math.max(1, Math.floor((all - set) / services)));
  const cpus = `${Math.round(limits.cpus * 100) / 100} of ${limits.machineCpus} CPUs give ${byCpu}`;
  const others = `${set === 0 ? '' : `, ${set} of them set,`} for ${services === 1 ? 'one service' : `${services} services`}`;
  return { workers, reason: `${workers} (${cpus}, ${memoryMiB} MiB at ${footprintMiB} MiB each give ${all}${others})` };
}
