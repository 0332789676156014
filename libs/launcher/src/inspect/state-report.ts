import type { Configuration } from '#libs/config';
import type { JsonValue } from '../service.js';
import type { Readiness } from '../workers/readiness.js';
import { readStuckStack } from '../workers/stuck-stack.js';
import type { WorkerGroup } from '../workers/worker-group.js';
import type { WorkerProcess } from '../workers/worker-process.js';

const mebibyte = 1024 * 1024;
const answerMs = 600;
const stackMs = 350;

/** The report's data about the program as a whole. */
export interface ReportSubject {
  readonly phase: string;
  readonly readiness: Readiness;
  readonly groups: readonly WorkerGroup[];
  readonly config: Configuration;
}

/** One worker process in the report. */
export interface WorkerState {
  readonly services: string;
  readonly index: number;
  readonly pid: number;
  readonly state: string;
  readonly upSeconds: number;
  /** How long the last ping waited for its event loop. */
  readonly pingMs: number | null;
  readonly answered: boolean;
  /** Its stack, if it did not answer and the stack could be read. */
  readonly stack: readonly string[] | null;
  /** Its own report; null when it did not answer. */
  readonly told: JsonValue;
}

/** The state of a program and all its processes, JSON-able, without secrets. */
export interface StateReport {
  readonly time: string;
  readonly package: { readonly program: string; readonly version: string; readonly node: string };
  readonly parent: {
    readonly pid: number;
    readonly parentPid: number;
    readonly upSeconds: number;
    readonly rssMiB: number;
    readonly phase: string;
  };
  readonly workers: readonly WorkerState[];
  readonly readiness: readonly string[];
  readonly groups: readonly {
    readonly name: string;
    readonly workers: number;
    readonly restarts: number;
    readonly crashLoop: boolean;
  }[];
  /** `group.option` (of DEFAULT: `option`) to its value as it is logged, secrets as `****`. */
  readonly configuration: Readonly<Record<string, string>>;
}

async function askWorker(group: WorkerGroup, worker: WorkerProcess): Promise<WorkerState> {
  const told = await worker.ask('report', answerMs);
  let stack: readonly string[] | undefined;
  // Before it is ready a process may not yet listen to the signal that opens its inspector.
  if (told === undefined && worker.reachedReady && worker.state !== 'gone') {
    stack = await readStuckStack(worker.pid, stackMs);
    worker.send({ type: 'close-inspector' });
  }
  return {
    services: group.name,
    index: worker.index,
    pid: worker.pid,
    state: worker.state,
    upSeconds: Math.round((performance.now() - worker.startedAtMs) / 1000),
    pingMs: worker.pingRoundTripMs === undefined ? null : Math.round(worker.pingRoundTripMs * 10) / 10,
    answered: told !== undefined,
    stack: stack ?? null,
    told: told ?? null,
  };
}

function configurationOf(config: Configuration): Record<string, string> {
  const options: Record<string, string> = {};
  config.logOptionValues((line) => {
    const match = /^([\w.-]+)\s*= (.*)$/s.exec(line);
    if (match?.[1] !== undefined) options[match[1]] = match[2] ?? '';
  });
  return options;
}

/** Collects the state of the parent and all workers within a second, even if some are busy. */
export async function gatherState(subject: ReportSubject): Promise<StateReport> {
  const { groups, readiness, config, phase } = subject;
  const workers = groups.flatMap((group) => group.workers.map((worker) => askWorker(group, worker)));
  return {
    time: new Date().toISOString(),
    package: { program: config.program, version: config.version, node: process.version },
    parent: {
      pid: process.pid,
      parentPid: process.ppid,
      upSeconds: Math.round(process.uptime()),
      rssMiB: Math.round(process.memoryUsage().rss / mebibyte),
      phase,
    },
    workers: await Promise.all(workers),
    readiness: readiness.lines,
    groups: groups.map(({ name, size, restarts, crashLoop }) => ({
      name,
      workers: size,
      restarts,
      crashLoop: crashLoop.active,
    })),
    configuration: configurationOf(config),
  };
}

function section(title: string, lines: readonly string[]): string {
  const rule = '='.repeat(72);
  return `${rule}\n==${title.padStart(34 + Math.ceil(title.length / 2)).padEnd(68)}==\n${rule}\n${lines.join('\n')}\n`;
}

function workerLines(worker: WorkerState): string[] {
  const ping = worker.pingMs === null ? '' : `, ping ${worker.pingMs} ms`;
  const head = `  ${worker.services} worker ${worker.index}: pid ${worker.pid}, ${worker.state}, up ${worker.upSeconds} s${ping}`;
  if (worker.answered) {
    const told = JSON.stringify(worker.told, null, 2).split('\n');
    return [head, ...told.map((line) => `    ${line}`)];
  }
  const stack = worker.stack?.map((line) => `      ${line}`) ?? ['      (no stack could be had)'];
  return [`${head}, DID NOT ANSWER within a second; it is`, ...stack];
}

/** The report in the form of oslo.reports' Guru Meditation. */
export function formatState(state: StateReport): string {
  const { parent } = state;
  return [
    section('State report', [state.time]),
    section('Package', [`${state.package.program} ${state.package.version}`, `node ${state.package.node}`]),
    section('Processes', [
      `parent: pid ${parent.pid}, parent ${parent.parentPid}, up ${parent.upSeconds} s, ${parent.rssMiB} MiB, ${parent.phase}`,
      ...state.workers.flatMap(workerLines),
    ]),
    section('Services', [
      ...state.readiness,
      ...state.groups.map(
        ({ name, restarts, crashLoop }) => `${name}: ${restarts} restarts${crashLoop ? ', crash loop' : ''}`,
      ),
    ]),
    section(
      'Configuration',
      Object.entries(state.configuration).map(([name, value]) => `${name.padEnd(30)} = ${value}`),
    ),
  ].join('\n');
}
