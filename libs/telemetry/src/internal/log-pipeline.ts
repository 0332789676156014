import { LogDestination } from './log-destination.js';
import type { LogFormatter, LogRecord } from './log-record.js';
import { defaultLineFormats, lineFormatter } from './line-format.js';
import type { RateLimit } from './rate-limit.js';
import { LogLevelsTable } from './log-levels-table.js';

/** The output of every logger of this process; replaced as a whole when logging is set up. */
interface LogPipeline {
  levels: LogLevelsTable;
  format: LogFormatter;
  destinations: readonly LogDestination[];
  rateLimit: RateLimit | undefined;
  /** Grows with each change of levels, so that loggers know that their cached threshold is stale. */
  generation: number;
}

// Before logging is set up only warnings and above are written, as Python's handler of last resort does.
const pipeline: LogPipeline = {
  levels: new LogLevelsTable(false, []),
  format: lineFormatter(defaultLineFormats),
  destinations: [new LogDestination()],
  rateLimit: undefined,
  generation: 0,
};
let isSetUp = false;

export function currentPipeline(): Readonly<LogPipeline> {
  return pipeline;
}

export function replacePipeline(change: Partial<Omit<LogPipeline, 'generation'>>): void {
  Object.assign(pipeline, change);
  pipeline.generation += 1;
  isSetUp = true;
}

/** The lowest level that `logger` writes. */
export function thresholdOf(logger: string): number {
  return isSetUp ? pipeline.levels.thresholdOf(logger) : 30;
}

export function writeRecord(record: LogRecord): void {
  const verdict = pipeline.rateLimit?.judge(record.level, record.timeMs) ?? 'write';
  if (verdict === 'drop') return;
  if (verdict === 'write') addRecord(record);
  else
    addRecord({
      ...record,
      level: 'ERROR',
      message: pipeline.rateLimit?.announcement ?? '',
      fields: undefined,
      error: undefined,
    });
}

function addRecord(record: LogRecord): void {
  const text = pipeline.format(record);
  for (const destination of pipeline.destinations) destination.add(text);
}

process.on('exit', () => {
  for (const destination of pipeline.destinations) destination.flushAtExit();
});
