import { hostname } from 'node:os';
import { OtlpExporter } from '../internal/tracing/otlp-exporter.js';
import { SpanQueue } from '../internal/tracing/span-queue.js';
import type { SpanKind } from './span.js';
import { Span } from './span.js';
import type { TraceContext } from './trace-context.js';
import { isSampled } from './trace-context.js';
import { randomFillSync } from 'node:crypto';

// One call of the system's generator for many ids: a call for each would be more expensive than the rest of a span.
const pool = Buffer.alloc(4096);
let at = pool.length;

function hex(bytes: number): string {
  if (at + bytes > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const text = pool.toString('hex', at, at + bytes);
  at += bytes;
  return text;
}

function newTraceId(): string {
  return hex(16);
}

function newSpanId(): string {
  return hex(8);
}

/** The settings of tracing; the option class of `libs/config` has this shape. */
export interface TracingSettings {
  /** Where the collector accepts OTLP over HTTP, as `http://collector:4318`. Unset: nothing is recorded. */
  readonly exporterOtlpEndpoint?: string | undefined;
  readonly exporterOtlpHeaders: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly exporterOtlpTimeout: number;
  /** Share of the traces that begin here and are recorded, 0 to 1; read again for each. */
  readonly samplingRatio: number;
  /** @default the program's name */
  readonly serviceName?: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  /** Seconds. */
  readonly exportInterval: number;
}

/** In a trace that begins here the sampled bit is computed from the id, as in OpenTelemetry's TraceIdRatioBased. */
const sampledFlag = 1;
const randomFlag = 2;
const ratioDigits = 13;
const ratioRange = 16 ** ratioDigits;

interface Tracer {
  readonly settings: TracingSettings;
  readonly queue: SpanQueue;
  readonly done: (span: Span) => void;
}

let tracer: Tracer | undefined;

/**
 * `http://collector:4318` is the usual address of a collector; the path of traces is OTLP's own unless one is given.
 */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/v1/traces';
  return url.href;
}

/** Starts to record spans in this process when a collector is configured; a second call replaces the first. */
export function setupTracing(
  settings: TracingSettings,
  identity: { readonly program: string; readonly version: string },
): void {
  tracer = undefined;
  const { exporterOtlpEndpoint: endpoint } = settings;
  if (endpoint === undefined) return;
  const exporter = new OtlpExporter({
    url: tracesUrl(endpoint),
    headers: settings.exporterOtlpHeaders,
    timeoutMs: settings.exporterOtlpTimeout * 1000,
    version: identity.version,
    resource: {
      'service.name': settings.serviceName ?? identity.program,
      'service.version': identity.version,
      'service.instance.id': `${hostname()}:${process.pid}`,
      'host.name': hostname(),
      'process.pid': process.pid,
      ...settings.resourceAttributes,
    },
  });
  const queue = new SpanQueue(exporter, {
    size: settings.maxQueueSize,
    batch: Math.min(settings.maxExportBatchSize, settings.maxQueueSize),
    intervalMs: settings.exportInterval * 1000,
  });
  tracer = { settings, queue, done: (span) => queue.add(span) };
}

/** Sends the recorded spans, for at most `deadlineMs`, and records no more. */
export async function stopTracing(deadlineMs: number): Promise<void> {
  const { queue } = tracer ?? {};
  tracer = undefined;
  await queue?.close(deadlineMs);
}

export function isTracing(): boolean {
  return tracer !== undefined;
}

/**
 * Begins a span below `parent`, or a new trace if there is none. Returns the context for the next operations: a Span
 * when it is recorded, the parent itself when it is not, undefined when there is no trace at all.
 */
export function startTrace(kind: SpanKind, name: string, parent: TraceContext | undefined): TraceContext | undefined {
  if (tracer === undefined) return parent;
  if (parent !== undefined) return startSpan(kind, name, parent) ?? parent;
  const traceId = newTraceId();
  const isRecorded = Number.parseInt(traceId.slice(-ratioDigits), 16) < tracer.settings.samplingRatio * ratioRange;
  if (!isRecorded) return { traceId, spanId: newSpanId(), flags: randomFlag, traceState: undefined };
  return new Span(kind, name, traceId, newSpanId(), sampledFlag | randomFlag, undefined, tracer.done);
}

/** A span below `parent`; undefined when nothing is recorded. */
export function startSpan(kind: SpanKind, name: string, parent: TraceContext | undefined): Span | undefined {
  if (tracer === undefined || parent === undefined || !isSampled(parent)) return undefined;
  return new Span(kind, name, parent.traceId, newSpanId(), parent.flags, parent, tracer.done);
}

/** The span returned by `startTrace`, if it is recorded. */
export function spanOf(trace: TraceContext | undefined): Span | undefined {
  return trace instanceof Span && trace.endMs === 0 ? trace : undefined;
}
