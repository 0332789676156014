import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { SPAN_KIND } from '../../tracing/span.js';
import type { Span } from '../../tracing/span.js';
import type { SpanExporter } from './span-queue.js';

type ReadableSpan = Parameters<OTLPTraceExporter['export']>[0][number];

export interface OtlpSettings {
  /** The whole URL, as `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly version: string;
  /** Attributes of the resource: `service.name` and others. */
  readonly resource: Readonly<Record<string, string | number>>;
}

const okStatus = { code: 0 };
const errorCode = 2;
/** ExportResultCode.SUCCESS. */
const successCode = 0;

type TraceState = NonNullable<ReturnType<ReadableSpan['spanContext']>['traceState']>;

/** The vendors' state in OpenTelemetry's form; it is not changed here. */
function asState(text: string): TraceState {
  const state: TraceState = {
    get: () => undefined,
    set: () => state,
    unset: () => state,
    serialize: () => text,
  };
  return state;
}

function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

/**
 * Passes spans to OpenTelemetry's own exporter: OTLP over HTTP as JSON. The packages are loaded with the first batch.
 */
export class OtlpExporter implements SpanExporter {
  readonly #settings: OtlpSettings;
  readonly #resource: ReadableSpan['resource'];
  readonly #scope: ReadableSpan['instrumentationScope'];
  #loaded: Promise<OTLPTraceExporter> | undefined;

  constructor(settings: OtlpSettings) {
    this.#settings = settings;
    const attributes = { ...settings.resource };
    const resource = { attributes, merge: () => resource, getRawAttributes: () => Object.entries(attributes) };
    this.#resource = resource;
    this.#scope = { name: 'albireo', version: settings.version };
  }

  async export(spans: readonly Span[]): Promise<void> {
    this.#loaded ??= this.#load();
    const exporter = await this.#loaded;
    const readable = spans.map((span) => this.#readable(span));
    await new Promise<void>((resolve, reject) => {
      exporter.export(readable, ({ code, error }) => {
        // The enum itself would load its package at the start.
        const result: number = code;
        if (result === successCode) resolve();
        else reject(error ?? new Error('the export failed'));
      });
    });
  }

  async close(): Promise<void> {
    if (this.#loaded !== undefined) await (await this.#loaded).shutdown();
  }

  async #load(): Promise<OTLPTraceExporter> {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    const { url, headers, timeoutMs } = this.#settings;
    return new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs, concurrencyLimit: 1 });
  }

  #readable(span: Span): ReadableSpan {
    const { parent } = span;
    const startTime = hrTime(span.startMs);
    const endTime = hrTime(span.endMs);
    const state = span.traceState === undefined ? {} : { traceState: asState(span.traceState) };
    const context = { traceId: span.traceId, spanId: span.spanId, traceFlags: span.flags, ...state };
    const parentContext =
      parent === undefined
        ? {}
        : { parentSpanContext: { traceId: parent.traceId, spanId: parent.spanId, traceFlags: parent.flags } };
    return {
      name: span.name,
      kind: SPAN_KIND[span.kind],
      spanContext: () => context,
      ...parentContext,
      startTime,
      endTime,
      duration: hrTime(Math.max(0, span.endMs - span.startMs)),
      status: span.error === '' ? okStatus : { code: errorCode },
      attributes: span.attributes,
      links: [],
      events: [],
      ended: true,
      resource: this.#resource,
      instrumentationScope: this.#scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }
}
