import { errorLines } from './error-lines.js';
import { levelNumbers } from './log-levels-table.js';
import type { LogFormatter } from './log-record.js';
import { isSecretName, maskText } from './mask.js';
import { traceOf } from '../tracing/trace-context.js';

const two = (value: number): string => String(value).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

const directives: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => two(date.getFullYear() % 100),
  m: (date) => two(date.getMonth() + 1),
  d: (date) => two(date.getDate()),
  H: (date) => two(date.getHours()),
  M: (date) => two(date.getMinutes()),
  S: (date) => two(date.getSeconds()),
  b: (date) => months[date.getMonth()] ?? '',
  a: (date) => days[date.getDay()] ?? '',
  z: offset,
  T: (date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  F: (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  '%': () => '%',
};

/** Formats like strftime for the directives that a log date needs; an unknown one stays as it is. */
export function formatDate(pattern: string, date: Date): string {
  return pattern.replaceAll(/%(.)/g, (whole, letter: string) => directives[letter]?.(date) ?? whole);
}

/** A formatter that formats once per second instead of once per line. */
export function cachedDateFormatter(pattern: string): (timeMs: number) => string {
  let second = Number.NaN;
  let text = '';
  return (timeMs) => {
    const current = Math.floor(timeMs / 1000);
    if (current !== second) {
      second = current;
      text = formatDate(pattern, new Date(timeMs));
    }
    return text;
  };
}

function maskField(name: string, value: unknown): unknown {
  if (name !== '' && isSecretName(name)) return '***';
  return typeof value === 'string' ? maskText(value) : typeof value === 'bigint' ? String(value) : value;
}

/** One JSON object per line with those keys of oslo.log's JSONFormatter that apply here. */
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
