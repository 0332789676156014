import { cachedDateFormatter } from './date-format.js';
import { errorLines } from './error-lines.js';
import { compileLinePattern } from './line-pattern.js';
import type { LogFormatter, LogRecord } from './log-record.js';
import { isSecretName, maskText } from './mask.js';
import { traceOf } from '../tracing/trace-context.js';

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

// A newline from outside would let a caller forge a line of the log.
const oneLine = (text: string): string =>
  /[\r\n]/.test(text) ? text.replaceAll('\r', String.raw`\r`).replaceAll('\n', String.raw`\n`) : text;

/** The line form of oslo.log, `date.msecs pid LEVEL logger [context] message` unless the formats say otherwise. */
export function lineFormatter(formats: LineFormats): LogFormatter {
  const formatSecond = cachedDateFormatter(formats.date);
  const withContext = compileLinePattern(formats.context, formats.color);
  const withoutContext = compileLinePattern(formats.default, formats.color);
  const debugSuffix = formats.debugSuffix === '' ? undefined : compileLinePattern(` ${formats.debugSuffix}`);
  const exceptionPrefix = compileLinePattern(formats.exceptionPrefix);
  const userIdentity = compileLinePattern(formats.userIdentity);
  // oslo.log's form has no place for it: it ends the line, unless the operator gave it one.
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
