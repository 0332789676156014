import { cachedDateFormatter } from './json-format.js';
import { errorLines } from './error-lines.js';
import type { LogFormatter, LogRecord } from './log-record.js';
import { isSecretName, maskText } from './mask.js';
import { traceOf } from '../tracing/trace-context.js';
import { hostname } from 'node:os';
import type { RequestContext } from '../request-context.js';
import { levelNumbers } from './log-levels-table.js';
import type { LogLevel } from './log-levels-table.js';

/** The parts of a line that the formatter makes before the pattern joins them. */
interface LineParts {
  readonly asctime: string;
  readonly message: string;
  readonly instance: string;
  readonly userIdentity: string;
}

type LinePattern = (record: LogRecord, parts: LineParts) => string;
type Value = (record: LogRecord, parts: LineParts) => string | number;

const dash = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : '-');
const fromContext =
  (key: keyof RequestContext): Value =>
  ({ context }) =>
    dash(context?.[key]);

const host = hostname();

/** Those names of oslo.log's and Python's format strings that apply here. */
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

/** Compiles a format string such as `%(asctime)s.%(msecs)03d %(name)s`; an unknown name stays in the line unchanged. */
function compileLinePattern(pattern: string, color = false): LinePattern {
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

/** The format strings of oslo.log. */
export interface LineFormats {
  readonly date: string;
  readonly context: string;
  readonly default: string;
  readonly debugSuffix: string;
  readonly exceptionPrefix: string;
  readonly userIdentity: string;
  readonly instance: string;
  /** Level names in colour, for a terminal. */
  readonly color?: boolean;
}

const stamp = '%(asctime)s.%(msecs)03d %(process)d';

export const defaultLineFormats: LineFormats = {
  date: '%Y-%m-%d %H:%M:%S',
  context: `${stamp} %(levelname)s %(name)s [%(global_request_id)s %(request_id)s %(user_identity)s] %(instance)s%(message)s`,
  default: `${stamp} %(levelname)s %(name)s [-] %(instance)s%(message)s`,
  debugSuffix: '',
  exceptionPrefix: `${stamp} ERROR %(name)s %(instance)s`,
  userIdentity: '%(user)s %(project)s %(domain)s %(system_scope)s %(user_domain)s %(project_domain)s',
  instance: '[instance: %(uuid)s] ',
};

function fieldPart(fields: Readonly<Record<string, unknown>> | undefined): string {
  if (fields === undefined) return '';
  let text = '';
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'instance' || value === undefined) continue;
    const shown = isSecretName(name) ? '***' : typeof value === 'string' ? maskText(value) : JSON.stringify(value);
    text += ` ${name}=${shown}`;
  }
  return text;
}

function tracePart({ context }: LogRecord): string {
  const trace = traceOf(context);
  return trace === undefined ? '' : ` trace_id=${trace.traceId}`;
}

// A newline from outside would let a caller forge a log line.
const oneLine = (text: string): string =>
  /[\r\n]/.test(text) ? text.replaceAll('\r', String.raw`\r`).replaceAll('\n', String.raw`\n`) : text;

/** The line form of oslo.log, `date.msecs pid LEVEL logger [context] message` unless the formats define another. */
export function lineFormatter(formats: LineFormats): LogFormatter {
  const formatSecond = cachedDateFormatter(formats.date);
  const withContext = compileLinePattern(formats.context, formats.color);
  const withoutContext = compileLinePattern(formats.default, formats.color);
  const debugSuffix = formats.debugSuffix === '' ? undefined : compileLinePattern(` ${formats.debugSuffix}`);
  const exceptionPrefix = compileLinePattern(formats.exceptionPrefix);
  const userIdentity = compileLinePattern(formats.userIdentity);
  // oslo.log's form has no place for it: it is added at the end of the line, unless the operator's format contains it.
  const showsTrace = formats.context.includes('%(trace_id)');
  return (record) => {
    const uuid = record.fields?.['instance'];
    const parts = {
      asctime: formatSecond(record.timeMs),
      message: oneLine(maskText(record.message) + fieldPart(record.fields)) + (showsTrace ? '' : tracePart(record)),
      instance: typeof uuid === 'string' ? formats.instance.replace('%(uuid)s', oneLine(uuid)) : '',
      userIdentity: '',
    };
    if (record.context !== undefined) parts.userIdentity = userIdentity(record, parts);
    let text = record.context === undefined ? withoutContext(record, parts) : withContext(record, parts);
    if (debugSuffix !== undefined && record.level === 'DEBUG') text += debugSuffix(record, parts);
    text += '\n';
    if (record.error !== undefined) {
      const prefix = exceptionPrefix(record, parts);
      for (const line of errorLines(record.error)) text += `${prefix}${line}\n`;
    }
    return text;
  };
}
