import { cachedDateFormatter } from './date-format.js';
import { errorLines } from './error-lines.js';
import { levelNumbers } from './log-level.js';
import type { LogFormatter } from './log-record.js';
import { isSecretName, maskText } from './mask.js';
import { traceOf } from '../tracing/trace-context.js';

function maskField(name: string, value: unknown): unknown {
  if (name !== '' && isSecretName(name)) return '***';
  return typeof value === 'string' ? maskText(value) : typeof value === 'bigint' ? String(value) : value;
}

/** One JSON object a line in the keys of oslo.log's JSONFormatter that mean something here. */
export function jsonFormatter(
  datePattern: string,
  identity: { pid: number; program: string; host: string; worker?: string | undefined },
): LogFormatter {
  const formatSecond = cachedDateFormatter(datePattern);
  return (record) => {
    const message = maskText(record.message);
    const trace = record.error === undefined ? null : errorLines(record.error);
    const at = traceOf(record.context);
    const line = {
      message,
      asctime: formatSecond(record.timeMs),
      name: record.logger,
      levelname: record.level,
      levelno: levelNumbers[record.level],
      created: record.timeMs / 1000,
      msecs: record.timeMs % 1000,
      process: identity.pid,
      process_name: identity.program,
      worker: identity.worker,
      hostname: identity.host,
      trace_id: at?.traceId,
      span_id: at?.spanId,
      traceback: trace,
      error_summary: trace?.[0] ?? '',
      context: record.context ?? {},
      extra: record.fields ?? {},
    };
    return `${JSON.stringify(line, maskField)}\n`;
  };
}
