import type { RequestContext } from '../request-context.js';
import { cachedDateFormatter } from './date-format.js';
import { errorLines } from './error-lines.js';
import type { LogFormatter } from './log-record.js';
import { isSecretName, maskText } from './mask.js';

const dash = (value: string | null | undefined): string => (value === null || value === undefined ? '-' : value);

/** `[global request user project domain system user_domain project_domain]`, or `[-]`: oslo.log's context part. */
function contextPart(context: RequestContext | undefined): string {
  if (context === undefined) return '[-]';
  const identity = [
    context.user_id,
    context.project_id,
    context.domain_id,
    context.system_scope,
    context.user_domain_id,
    context.project_domain_id,
  ].map(dash);
  return `[${context.global_request_id ?? 'None'} ${context.request_id} ${identity.join(' ')}]`;
}

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

// A newline from outside would let a caller forge a line of the log.
const oneLine = (text: string): string =>
  /[\r\n]/.test(text) ? text.replaceAll('\r', String.raw`\r`).replaceAll('\n', String.raw`\n`) : text;

/** The line form of oslo.log: `date.msecs pid LEVEL logger [context] message`. */
export function lineFormatter(datePattern: string, pid: number): LogFormatter {
  const formatSecond = cachedDateFormatter(datePattern);
  return (record) => {
    const milliseconds = String(Math.floor(record.timeMs % 1000)).padStart(3, '0');
    const stamp = `${formatSecond(record.timeMs)}.${milliseconds} ${pid}`;
    const instance = record.fields?.['instance'];
    const head = `${record.logger} ${contextPart(record.context)}${typeof instance === 'string' ? ` [instance: ${instance}]` : ''}`;
    let text = `${stamp} ${record.level} ${head} ${oneLine(maskText(record.message))}${oneLine(fieldPart(record.fields))}\n`;
    if (record.error !== undefined) {
      for (const line of errorLines(record.error)) text += `${stamp} ERROR ${head} ${line}\n`;
    }
    return text;
  };
}
