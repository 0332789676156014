import { hostname } from 'node:os';
import type { RequestContext } from '../request-context.js';
import { traceOf } from '../tracing/trace-context.js';
import { levelNumbers } from './log-level.js';
import type { LogLevel } from './log-level.js';
import type { LogRecord } from './log-record.js';

/** The parts of a line that its formatter makes before the pattern joins them. */
export interface LineParts {
  readonly asctime: string;
  readonly message: string;
  readonly instance: string;
  readonly userIdentity: string;
}

export type LinePattern = (record: LogRecord, parts: LineParts) => string;
type Value = (record: LogRecord, parts: LineParts) => string | number;

const dash = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : '-');
const fromContext =
  (key: keyof RequestContext): Value =>
  ({ context }) =>
    dash(context?.[key]);

const host = hostname();

/** The names of oslo.log's and Python's format strings that mean something here. */
const values: Readonly<Record<string, Value>> = {
  asctime: (_record, { asctime }) => asctime,
  msecs: ({ timeMs }) => Math.floor(timeMs % 1000),
  created: ({ timeMs }) => timeMs / 1000,
  process: () => process.pid,
  levelname: ({ level }) => level,
  levelno: ({ level }) => levelNumbers[level],
  name: ({ logger }) => logger,
  message: (_record, { message }) => message,
  instance: (_record, { instance }) => instance,
  hostname: () => host,
  user_identity: (_record, { userIdentity }) => userIdentity,
  request_id: fromContext('request_id'),
  // Python prints None where there is no such id.
  global_request_id: ({ context }) => context?.global_request_id ?? 'None',
  trace_id: ({ context }) => traceOf(context)?.traceId ?? '-',
  span_id: ({ context }) => traceOf(context)?.spanId ?? '-',
  user: fromContext('user_id'),
  user_id: fromContext('user_id'),
  user_name: fromContext('user_name'),
  project: fromContext('project_id'),
  project_id: fromContext('project_id'),
  project_name: fromContext('project_name'),
  tenant: fromContext('project_id'),
  domain: fromContext('domain_id'),
  system_scope: fromContext('system_scope'),
  user_domain: fromContext('user_domain_id'),
  project_domain: fromContext('project_domain_id'),
};

const levelColors: Readonly<Record<LogLevel, number>> = { DEBUG: 32, INFO: 36, WARNING: 33, ERROR: 31, CRITICAL: 35 };
const coloredLevel: Value = ({ level }) => `\u001B[${levelColors[level]}m${level}\u001B[0m`;

const directive = /%(?:%|\((\w+)\)([-0]?)(\d*)(?:\.\d+)?[sdrif])/g;

function padded(value: Value, flag: string, width: number): Value {
  if (width === 0) return value;
  return (record, parts) => {
    const text = String(value(record, parts));
    return flag === '-' ? text.padEnd(width) : text.padStart(width, flag === '0' ? '0' : ' ');
  };
}

/** Compiles a format string as `%(asctime)s.%(msecs)03d %(name)s`; a name that is not known stays in the line as it is. */
export function compileLinePattern(pattern: string, color = false): LinePattern {
  const pieces: (string | Value)[] = [];
  let end = 0;
  for (const match of pattern.matchAll(directive)) {
    pieces.push(pattern.slice(end, match.index));
    end = match.index + match[0].length;
    const value = match[1] === 'levelname' && color ? coloredLevel : values[match[1] ?? ''];
    if (value !== undefined) pieces.push(padded(value, match[2] ?? '', Number(match[3])));
    else pieces.push(match[0] === '%%' ? '%' : match[0]);
  }
  pieces.push(pattern.slice(end));
  return (record, parts) => {
    let text = '';
    for (const piece of pieces) text += typeof piece === 'string' ? piece : piece(record, parts);
    return text;
  };
}
