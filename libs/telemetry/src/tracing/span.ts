import { wallClockMs } from '../internal/tracing/span-clock.js';
import type { TraceContext } from './trace-context.js';

/** The numbers of OpenTelemetry's API. */
export const SPAN_KIND = { server: 1, client: 2, producer: 3, consumer: 4 } as const;
export type SpanKind = keyof typeof SPAN_KIND;

export type SpanAttribute = string | number | boolean;

/**
 * A timed operation in a recorded trace; as a TraceContext it is the parent of the operations within it. Attribute
 * names are those of OpenTelemetry's semantic conventions.
 */
export class Span implements TraceContext {
  readonly attributes: Record<string, SpanAttribute> = {};
  readonly startMs = wallClockMs();
  endMs = 0;
  /** The error; empty if there was none. */
  error = '';
  readonly #done: (span: Span) => void;

  constructor(
    readonly kind: SpanKind,
    public name: string,
    readonly traceId: string,
    readonly spanId: string,
    readonly flags: number,
    readonly parent: TraceContext | undefined,
    done: (span: Span) => void,
  ) {
    this.#done = done;
  }

  get traceState(): string | undefined {
    return this.parent?.traceState;
  }

  set(name: string, value: SpanAttribute | undefined): void {
    if (value !== undefined) this.attributes[name] = value;
  }

  /** Ends the span, once; `error` is a class or code (`error.type`) and marks it as failed. */
  end(error = ''): void {
    if (this.endMs !== 0) return;
    this.endMs = wallClockMs();
    if (error !== '') {
      this.error = error;
      this.attributes['error.type'] = error;
    }
    this.#done(this);
  }
}
