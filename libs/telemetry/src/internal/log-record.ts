import type { RequestContext } from '../request-context.js';
import type { LogLevel } from './log-levels-table.js';

/** One event on its way to a formatter. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly logger: string;
  readonly message: string;
  readonly context: RequestContext | undefined;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  readonly error: unknown;
}

/** Makes the text of one record: whole lines, each ended by a newline. */
export type LogFormatter = (record: LogRecord) => string;
