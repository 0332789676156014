import type { RequestContext } from '#libs/telemetry';
import { MessagingError } from '../errors.js';
import type { RemoteFailure } from '../errors.js';
import { parseExactly, stringifyExactly, TooDeepError } from './exact-json.js';
import { isRecord } from './json.js';
import type { JsonObject } from './json.js';

const prefix = '{"oslo.version": "2.0", "oslo.message": ';
export const contextPrefix = '_context_';

export interface RequestFields {
  readonly method: string;
  readonly args: object | null;
  readonly namespace: string | null;
  readonly version: string;
  readonly uniqueId: string;
  readonly context: RequestContext;
  /** Only for calls. */
  readonly call?: { readonly msgId: string; readonly replyQueue: string; readonly monitorSeconds: number | null };
}

function stringify(value: unknown, what: string, depth = 0): string {
  try {
    return stringifyExactly(value, depth);
  } catch (cause) {
    throw new MessagingError('Unserializable', `${what} cannot be written as JSON: ${String(cause)}`, { cause });
  }
}

function seal(inner: string): string {
  return `${prefix}${JSON.stringify(inner)}}`;
}

/** A message in its envelope, as an AMQP body. Throws Unserializable. */
export function sealMessage(message: JsonObject, what: string): string {
  return seal(stringify(message, what));
}

/** A message without an envelope, as an AMQP body. Throws Unserializable. */
export function plainMessage(message: JsonObject, what: string): string {
  return stringify(message, what);
}

/** Names of the context to the text that precedes their values. */
const beforeValues = new Map<string, string>();
const knownNames = 1024;

/** Building these texts each time is expensive; names that are not repeated must not fill memory. */
function beforeValue(name: string): string {
  const text = `,${JSON.stringify(contextPrefix + name)}:`;
  if (beforeValues.size < knownNames && name.length <= 64) beforeValues.set(name, text);
  return text;
}

/** A member of the message; an empty text for a value that JSON leaves out of an object. */
function contextMember(name: string, value: unknown, what: string): string {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return '';
  const before = beforeValues.get(name) ?? beforeValue(name);
  if (value === null) return `${before}null`;
  return before + (typeof value === 'string' ? JSON.stringify(value) : stringify(value, what, 1));
}

/**
 * One request as an AMQP body (key order as oslo.messaging writes it). Concatenated as a text: building an object of
 * all members first takes as long as serializing it.
 */
export function encodeRequest(request: RequestFields): string {
  const { method, args, namespace, version, call, uniqueId, context } = request;
  const what = `the arguments of ${method}`;
  let text = `{"method":${JSON.stringify(method)},"args":${args === null ? '{}' : stringify(args, what, 1)}`;
  if (namespace !== null) text += `,"namespace":${JSON.stringify(namespace)}`;
  text += `,"version":${JSON.stringify(version)}`;
  if (call !== undefined) {
    text += `,"_msg_id":${JSON.stringify(call.msgId)},"_reply_q":${JSON.stringify(call.replyQueue)}`;
    text += `,"_timeout":${stringify(call.monitorSeconds, what)}`;
  }
  text += `,"_unique_id":${JSON.stringify(uniqueId)}`;
  for (const name in context) {
    // A token is never sent on the bus, even if the context contains one.
    if (name !== 'auth_token') text += contextMember(name, context[name], what);
  }
  return seal(`${text}}`);
}

export interface ReplyFields {
  readonly result: unknown;
  readonly failure: RemoteFailure | null;
  readonly ending: boolean;
  readonly msgId: string;
  readonly uniqueId: string;
}

/**
 * One reply as an AMQP body. Throws Unserializable when the result cannot be written.
 *
 * @param form `plain` is the message without an envelope, which every reader also accepts (oslo_messaging
 * `rpc_common.deserialize_msg`): a large result is then written and read once, not as a text within a text
 */
export function encodeReply(reply: ReplyFields, form: 'sealed' | 'plain' = 'sealed'): string {
  const failure = reply.failure === null ? null : stringify(reply.failure, 'the failure');
  const message = stringify(
    {
      result: reply.result === undefined ? null : reply.result,
      failure,
      ending: reply.ending,
      _msg_id: reply.msgId,
      _unique_id: reply.uniqueId,
    },
    'the result',
  );
  return form === 'plain' ? message : seal(message);
}

/**
 * The fault of a message that cannot be read; it is not retried. A waiting caller gets an error, otherwise the message
 * is parked.
 */
export class MalformedMessage extends Error {
  /** Set when a caller waits for an answer nevertheless. */
  asked: Pick<IncomingRequest, 'method' | 'msgId' | 'replyQueue'> | null = null;
  /** Id of the call that it would have answered. */
  answered: string | null = null;

  /** Extracts from the text which caller or call is concerned. */
  readConcerned(text: string): this {
    const [msgId, replyQueue, method] = ids.map((pattern) => pattern.exec(text)?.[1]);
    this.answered = msgId ?? null;
    if (msgId !== undefined && replyQueue !== undefined) this.asked = { method: method ?? '', msgId, replyQueue };
    return this;
  }
}

const ids = ['_msg_id', '_reply_q', 'method'].map((key) => new RegExp(`${key}\\\\*": *\\\\*"([^"\\\\]{1,255})`));

function parse(text: string, what: string): unknown {
  try {
    return parseExactly(text);
  } catch (cause) {
    if (cause instanceof TooDeepError) throw new MalformedMessage(`${what} is ${cause.message}`, { cause });
    throw new MalformedMessage(`${what} is not JSON: ${String(cause)}`, { cause });
  }
}

/** Opens an envelope; a body without one is read as the message itself, as oslo.messaging does. */
export function openEnvelope(body: string): JsonObject {
  const outer = parse(body, 'the body');
  if (!isRecord(outer)) throw new MalformedMessage('the body is not a JSON object');
  const version = outer['oslo.version'];
  const inner = outer['oslo.message'];
  if (version === undefined || inner === undefined) return outer;
  if (version !== '2.0') throw new MalformedMessage(`envelope version ${JSON.stringify(version)}: expected "2.0"`);
  if (typeof inner !== 'string') throw new MalformedMessage('oslo.message is not a string');
  const message = parse(inner, 'oslo.message');
  if (!isRecord(message)) throw new MalformedMessage('oslo.message is not a JSON object');
  return message;
}

export interface IncomingRequest {
  readonly method: string;
  readonly args: JsonObject;
  readonly namespace: string | null;
  readonly version: string;
  readonly uniqueId: string | null;
  readonly msgId: string | null;
  /** The caller may name another one while its call is run. */
  replyQueue: string | null;
  readonly monitorSeconds: number;
  readonly context: RequestContext;
  /** At least one character was written as `\\uXXXX`. */
  readonly hasEscapes: boolean;
}

function optionalString(message: JsonObject, key: string): string | null {
  const value = message[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new MalformedMessage(`${key} is ${typeof value}: expected a string`);
  return value;
}

/** Keys of messages to the names of the context; null: not part of the context. */
const contextNames = new Map<string, string | null>();

function contextName(key: string): string | null {
  const known = contextNames.get(key);
  if (known !== undefined) return known;
  const name = key.startsWith(contextPrefix) ? key.slice(contextPrefix.length) : null;
  const kept = name === 'auth_token' || name === '__proto__' ? null : name;
  if (contextNames.size < knownNames && key.length <= 64) contextNames.set(key, kept);
  return kept;
}

/** The context of a message, without a token even if the sender included one. */
export function decodeContext(message: JsonObject): RequestContext {
  const context: RequestContext = {
    request_id: '',
    global_request_id: null,
    user_id: null,
    user_name: null,
    user_domain_id: null,
    project_id: null,
    project_name: null,
    project_domain_id: null,
    domain_id: null,
    system_scope: null,
    is_admin: false,
    roles: [],
  };
  for (const key in message) {
    const name = contextName(key);
    if (name !== null) context[name] = message[key];
  }
  if (!Array.isArray(context.roles)) context.roles = [];
  return context;
}

/** Reads a request from any sender: Albireo, Python or a broken one (MalformedMessage). */
export function decodeRequest(body: string): IncomingRequest {
  try {
    return readRequest(openEnvelope(body), body.includes('\\u'));
  } catch (error) {
    if (error instanceof MalformedMessage) error.readConcerned(body);
    throw error;
  }
}

function readRequest(message: JsonObject, hasEscapes: boolean): IncomingRequest {
  const method = message['method'];
  if (typeof method !== 'string') throw new MalformedMessage('method is missing or not a string');
  const args = message['args'] ?? {};
  if (!isRecord(args)) throw new MalformedMessage('args is not an object of arguments by name');
  const monitor = message['_timeout'];
  return {
    method,
    args,
    namespace: optionalString(message, 'namespace'),
    version: optionalString(message, 'version') ?? '1.0',
    uniqueId: optionalString(message, '_unique_id'),
    msgId: optionalString(message, '_msg_id'),
    replyQueue: optionalString(message, '_reply_q'),
    monitorSeconds: typeof monitor === 'number' && monitor >= 2 ? Math.trunc(monitor) : 0,
    context: decodeContext(message),
    hasEscapes,
  };
}

export interface IncomingReply {
  readonly msgId: string;
  readonly ending: boolean;
  readonly result: unknown;
  readonly failure: unknown;
}

export function decodeReply(body: string): IncomingReply {
  try {
    const message = openEnvelope(body);
    const msgId = message['_msg_id'];
    if (typeof msgId !== 'string') throw new MalformedMessage('_msg_id is missing');
    return {
      msgId,
      ending: message['ending'] === true,
      result: message['result'] ?? null,
      failure: message['failure'] ?? null,
    };
  } catch (error) {
    if (error instanceof MalformedMessage) error.readConcerned(body);
    throw error;
  }
}
