import type { Configuration } from '#libs/config';
import type { Readiness } from './readiness.js';
import type { WorkerGroup } from './worker-group.js';

const answerMs = 900;

/** What the report tells about the program as a whole. */
export interface ReportSubject {
  readonly phase: string;
  readonly readiness: Readiness;
  readonly groups: readonly WorkerGroup[];
  readonly config: Configuration;
}

function section(title: string, lines: readonly string[]): string {
  const rule = '='.repeat(72);
  return `${rule}\n==${title.padStart(34 + Math.ceil(title.length / 2)).padEnd(68)}==\n${rule}\n${lines.join('\n')}\n`;
}

async function workerLines(group: WorkerGroup): Promise<string[]> {
  const answers = await Promise.all(
    group.workers.map(async (worker) => {
      const head = `  ${group.name} worker ${worker.index}: pid ${worker.pid}, ${worker.state}`;
      const ping = worker.pingRoundTripMs === undefined ? '' : `, ping ${worker.pingRoundTripMs.toFixed(1)} ms`;
      const answer = await worker.ask('report', answerMs);
      if (answer === undefined) return [`${head}${ping}, DID NOT ANSWER within ${answerMs} ms`];
      return [
        `${head}${ping}`,
        ...JSON.stringify(answer, null, 2)
          .split('\n')
          .map((line) => `    ${line}`),
      ];
    }),
  );
  return answers.flat();
}

/** The state report, as oslo.reports' Guru Meditation: of the parent and all workers, gathered within a second. */
export async function writeStateReport(subject: ReportSubject): Promise<string> {
  const { groups, readiness, config } = subject;
  const memory = Math.round(process.memoryUsage().rss / 1024 / 1024);
  const workers = await Promise.all(groups.map(workerLines));
  const options: string[] = [];
  config.logOptionValues((line) => options.push(line));
  return [
    section('State report', [new Date().toISOString()]),
    section('Package', [`${config.program} ${config.version}`, `node ${process.version}`]),
    section('Processes', [
      `parent: pid ${process.pid}, parent ${process.ppid}, up ${Math.round(process.uptime())} s, ${memory} MiB, ${subject.phase}`,
      ...workers.flat(),
    ]),
    section('Services', [
      ...readiness.lines,
      ...groups.map(
        (group) => `${group.name}: ${group.restarts} restarts${group.crashLoop.active ? ', crash loop' : ''}`,
      ),
    ]),
    section('Configuration', options),
  ].join('\n');
}
