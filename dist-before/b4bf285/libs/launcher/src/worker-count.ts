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
 * How many workers a service gets whose `*_workers` option is unset: as many as there are whole CPUs, but not more than
 * fit into memory, and at least one.
 */
export function defaultWorkerCount(limits: MachineLimits, footprintMiB = defaultFootprintMiB): WorkerCount {
  const byCpu = Math.max(1, Math.floor(limits.cpus));
  const memoryMiB = Math.floor(limits.memoryBytes / mebibyte);
  const byMemory = Math.max(1, Math.floor(memoryMiB / footprintMiB));
  const workers = Math.min(byCpu, byMemory);
  const cpus = `${Math.round(limits.cpus * 100) / 100} of ${limits.machineCpus} CPUs give ${byCpu}`;
  return { workers, reason: `${workers} (${cpus}, ${memoryMiB} MiB at ${footprintMiB} MiB each give ${byMemory})` };
}
