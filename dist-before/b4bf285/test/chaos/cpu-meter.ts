import { existsSync, readFileSync } from 'node:fs';

/** What a child process of ours and all below it are counted as, by its command line. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/gateway/, 'gateways'],
  [/worker/, 'workers'],
  [/beam|rabbitmq/, 'RabbitMQ'],
  [/postgres/, 'PostgreSQL'],
];
const TICKS_PER_SECOND = 100;

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

function secondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** CPU time of the programs that this process has started, by what they are. Sampled: processes come and go. */
export class CpuMeter {
  readonly #processes = new Map<number, { part: string; first: number; last: number }>();
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  readonly #own = process.cpuUsage();

  constructor() {
    this.#sample(true);
    this.#timer = setInterval(() => this.#sample(false), 500);
  }

  /** CPUs in use, by part; empty where there is no /proc. What ran before the start is not counted. */
  stop(): Record<string, number> {
    clearInterval(this.#timer);
    this.#sample(false);
    const elapsed = (performance.now() - this.#startedAt) / 1000;
    const used: Record<string, number> = {};
    for (const { part, first, last } of this.#processes.values()) used[part] = (used[part] ?? 0) + last - first;
    const { user, system } = process.cpuUsage(this.#own);
    used['client'] = (user + system) / 1e6;
    return Object.fromEntries(Object.entries(used).map(([part, seconds]) => [part, round(seconds / elapsed)]));
  }

  #sample(isFirst: boolean): void {
    if (!existsSync('/proc/self/stat')) return;
    for (const pid of childrenOf(process.pid)) {
      const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1')) ?? '';
      const part = PARTS.find(([pattern]) => pattern.test(command))?.[1];
      if (part !== undefined) this.#walk(pid, part, isFirst);
    }
  }

  #walk(pid: number, part: string, isFirst: boolean): void {
    const seconds = read(() => secondsOf(pid));
    if (seconds === undefined) return;
    const known = this.#processes.get(pid);
    if (known === undefined) this.#processes.set(pid, { part, first: isFirst ? seconds : 0, last: seconds });
    else known.last = seconds;
    for (const child of read(() => childrenOf(pid)) ?? []) this.#walk(child, part, isFirst);
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** A process may end between two looks at it. */
function read<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
