import { MessagingError, RemoteError } from '../errors.js';
import type { RemoteFailure } from '../errors.js';
import { parseExactly } from './exact-json.js';
import { isRecord } from './json.js';

interface CarriesFailure {
  toRemoteFailure(): RemoteFailure;
}

export function isExpected(error: unknown): error is CarriesFailure {
  return (
    typeof error === 'object' &&
    error !== null &&
    'toRemoteFailure' in error &&
    typeof error.toRemoteFailure === 'function'
  );
}

/** The dispatcher's own refusals have the module name that Python callers know. */
export class DispatchError extends MessagingError {
  toRemoteFailure(): RemoteFailure {
    return {
      class: this.code,
      module: 'oslo_messaging.rpc.dispatcher',
      message: this.message,
      tb: [],
      args: [this.message],
      kwargs: {},
    };
  }
}

/** One line of text about any thrown value. */
export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
}

/** A short name of the error, for metrics and spans: the class as the caller sees it. */
export function codeOf(error: unknown): string {
  if (error instanceof RemoteError) return error.excType;
  if (error instanceof MessagingError) return error.code;
  return toFailure(error).class;
}

/**
 * The wire form of any value that a handler threw. An unexpected error keeps its text; its stack stays in the server's
 * log.
 */
export function toFailure(error: unknown): RemoteFailure {
  if (isExpected(error)) return error.toRemoteFailure();
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : 'Error';
  return { class: name, module: 'albireo', message, tb: [], args: [message], kwargs: {} };
}

/** Reads a failure that any sender may have written; missing fields get neutral values. */
export function parseFailure(text: unknown): RemoteFailure {
  let value: unknown = text;
  if (typeof text === 'string') {
    try {
      value = parseExactly(text);
    } catch {
      value = { message: text };
    }
  }
  const fields = isRecord(value) ? value : {};
  const string = (key: string, fallback: string): string => {
    const found = fields[key];
    return typeof found === 'string' ? found : fallback;
  };
  const list = (key: string): readonly unknown[] => {
    const found = fields[key];
    return Array.isArray(found) ? found : [];
  };
  const kwargs = fields['kwargs'];
  return {
    class: string('class', 'Exception').replace(/_Remote$/, ''),
    module: string('module', '').replace(/_Remote$/, ''),
    message: string('message', ''),
    tb: list('tb').filter((line) => typeof line === 'string'),
    args: list('args'),
    kwargs: isRecord(kwargs) ? kwargs : {},
  };
}
