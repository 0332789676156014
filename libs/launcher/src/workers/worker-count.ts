import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { posix } from 'node:path';

/** Reads a file as text; undefined when it does not exist. Replaced in tests. */
export type ReadFile = (path: string) => string | undefined;

/** The limits of this process's control groups; undefined = no limit is set. */
export interface CgroupLimits {
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

const root = '/sys/fs/cgroup';
// Version 1 writes "no limit" as the greatest multiple of a page.
const noLimitBytes = 2 ** 60;

function* upwards(path: string): Generator<string> {
  // Inside a container the path may be the host's, which is not mounted: the root is always read too.
  for (let at = path; at !== '/' && at !== '.'; at = posix.dirname(at)) yield at;
  yield '/';
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value) && value > 0) as number[];
  return known.length === 0 ? undefined : Math.min(...known);
}

function quota(text: string | undefined, period: string | undefined): number | undefined {
  const [micros, length] = [Number(text), Number(period)];
  return micros > 0 && length > 0 ? micros / length : undefined;
}

/** Controller names (version 1), or `''` (version 2), to the path of this process's group. */
function groupPaths(read: ReadFile): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of (read('/proc/self/cgroup') ?? '').trim().split('\n')) {
    const [, controllers = '', ...rest] = line.split(':');
    for (const controller of controllers.split(',')) paths.set(controller, rest.join(':') || '/');
  }
  return paths;
}

/** The lowest CPU quota and memory limit of this process's group and those above it, in cgroup version 1 or 2. */
export function readCgroupLimits(read: ReadFile): CgroupLimits {
  const paths = groupPaths(read);
  const cpus: (number | undefined)[] = [];
  const memory: (number | undefined)[] = [];
  for (const at of upwards(paths.get('') ?? '/')) {
    const [micros, period] = (read(posix.join(root, at, 'cpu.max')) ?? '').trim().split(' ');
    cpus.push(quota(micros, period));
    memory.push(bytes(read(posix.join(root, at, 'memory.max'))));
  }
  for (const at of upwards(paths.get('cpu') ?? '/')) {
    const folder = posix.join(root, 'cpu', at);
    cpus.push(quota(read(posix.join(folder, 'cpu.cfs_quota_us')), read(posix.join(folder, 'cpu.cfs_period_us'))));
  }
  for (const at of upwards(paths.get('memory') ?? '/')) {
    memory.push(bytes(read(posix.join(root, 'memory', at, 'memory.limit_in_bytes'))));
  }
  const [cpuLimit, memoryLimit] = [least(cpus), least(memory)];
  return {
    ...(cpuLimit === undefined ? {} : { cpus: cpuLimit }),
    ...(memoryLimit === undefined ? {} : { memoryBytes: memoryLimit }),
  };
}

function bytes(text: string | undefined): number | undefined {
  const value = Number(text?.trim());
  return value > 0 && value < noLimitBytes ? value : undefined;
}

const mebibyte = 1024 * 1024;
/** Memory of one worker with a Nest application under load (measured: 67 to 107 MiB), with a margin. */
const defaultFootprintMiB = 128;

/** The resources that this machine or container gives to its processes. */
export interface MachineLimits {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** CPUs of the machine or the affinity mask, which a quota may reduce. */
  readonly machineCpus: number;
}

export interface WorkerCount {
  readonly workers: number;
  /** One sentence for the log: how the number was computed. */
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
