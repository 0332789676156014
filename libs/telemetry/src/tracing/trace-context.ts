/** The position of a request in a trace (W3C Trace Context): the span that is the parent of the next ones. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Trace flags, 0 to 255; bit 0 means that the trace is recorded. */
  readonly flags: number;
  /** The state of the vendors before, passed on unchanged. */
  readonly traceState: string | undefined;
}

/**
 * The key of the trace in a RequestContext. A symbol, so that it is in no message's body and in no JSON: between
 * processes it is sent in headers.
 */
export const TRACE: unique symbol = Symbol('albireo.trace');

/** An object that can belong to a trace, such as a RequestContext. */
export interface Traced {
  [TRACE]?: TraceContext;
}

const sampledBit = 1;
// Version 00 has exactly these four fields; a later version may have more after them.
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const stateMembers = /^[a-z0-9][\w\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}(?:,|$)/;
const mostStateMembers = 32;

/**
 * Reads the headers of a request or message; undefined when there is no valid `traceparent`, as the standard requires.
 */
export function readTraceContext(headers: Readonly<Record<string, unknown>>): TraceContext | undefined {
  const { traceparent } = headers;
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = pattern.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16), traceState: readTraceState(headers['tracestate']) };
}

function readTraceState(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 8192) return undefined;
  const members = value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > mostStateMembers) return undefined;
  return members.every((member) => stateMembers.test(member)) ? members.join(',') : undefined;
}

/** The value of `traceparent` for operations whose parent is this context. */
export function formatTraceparent({ traceId, spanId, flags }: TraceContext): string {
  // Only the flags that version 00 and its successor define: sampled, and that the id is random.
  return `00-${traceId}-${spanId}-0${flags & 3}`;
}

export function isSampled(trace: TraceContext): boolean {
  return (trace.flags & sampledBit) !== 0;
}

/** The trace that a request belongs to, if any. */
export function traceOf(context: Traced | undefined): TraceContext | undefined {
  return context?.[TRACE];
}

/** Puts a request into a trace; from now on calls and log lines with this context belong to it. */
export function setTrace<Context extends Traced>(context: Context, trace: TraceContext | undefined): Context {
  if (trace !== undefined) context[TRACE] = trace;
  return context;
}

/** Adds `traceparent` and `tracestate` to the headers of a message, if there is a trace. */
export function addTraceHeaders(headers: Record<string, string>, trace: TraceContext | undefined): void {
  if (trace === undefined) return;
  headers['traceparent'] = formatTraceparent(trace);
  // This product's AMQP headers are short; a longer state is dropped rather than cut.
  if (trace.traceState !== undefined && trace.traceState.length <= 512) headers['tracestate'] = trace.traceState;
}
