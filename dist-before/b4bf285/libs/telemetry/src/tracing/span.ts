import { wallClockMs } from '../internal/tracing/span-clock.js';
import type { TraceContext } from './trace-context.js';

/** In the numbers of OpenTelemetry's API. */
export const SPAN_KIND = { server: 1, client: 2, producer: 3, consumer: 4 } as const;
export type SpanKind = keyof typeof SPAN_KIND;

export type SpanAttribute = string | number | boolean;

/**
 * Something that takes time in a trace that is recorded; as a TraceContext it is the parent of what happens within it.
 * Attribute names are those of OpenTelemetry's semantic conventions.
 */
export class Span implements TraceContext {
  readonly attributes: Record<string, SpanAttribute> = {};
  readonly startMs = wallClockMs();
  endMs = 0;
  /** What went wrong; empty when nothing did. */
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

  /** Ends it, once; `error` is a class or code (`error.type`) and makes it a failed one. */
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
