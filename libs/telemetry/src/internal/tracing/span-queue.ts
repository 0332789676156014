import { getLogger } from '../../logger.js';
import { counter } from '../../metrics.js';
import type { Counter } from '../../metrics.js';
import type { Span } from '../../tracing/span.js';
import { setSpanClock } from './span-clock.js';

const log = getLogger('albireo.tracing');

/** Sends spans; rejects when the collector did not accept them in time. */
export interface SpanExporter {
  export(spans: readonly Span[]): Promise<void>;
  close(): Promise<void>;
}

export interface SpanQueueSettings {
  /** Maximum number of waiting spans; more are dropped. */
  readonly size: number;
  /** Maximum number of spans in one request to the collector. */
  readonly batch: number;
  /** Longest time that a span waits for others. */
  readonly intervalMs: number;
}

/** Number of spans, by `outcome`. */
export function spanCounter(): Counter {
  return counter({
    name: 'albireo_trace_spans_total',
    help: 'Spans by what became of them: exported, dropped (the queue was full), failed (the collector refused or was away)',
    labels: ['outcome'],
  });
}

/**
 * Ended spans on their way to the collector. No code waits for it: one batch is sent at a time, the queue is bounded,
 * and spans that find it full are dropped and counted.
 */
export class SpanQueue {
  readonly #exporter: SpanExporter;
  readonly #settings: SpanQueueSettings;
  readonly #counter = spanCounter();
  #spans: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #failing = false;

  constructor(exporter: SpanExporter, settings: SpanQueueSettings) {
    this.#exporter = exporter;
    this.#settings = settings;
    for (const outcome of ['exported', 'dropped', 'failed']) this.#counter.inc({ outcome }, 0);
  }

  add(span: Span): void {
    if (this.#spans.length >= this.#settings.size) {
      this.#counter.inc({ outcome: 'dropped' });
      return;
    }
    this.#spans.push(span);
    if (this.#sending !== undefined) return;
    if (this.#spans.length >= this.#settings.batch) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), this.#settings.intervalMs).unref();
  }

  /** Sends the waiting spans, for at most `deadlineMs`; the rest is dropped. */
  async close(deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(deadlineMs, 2 ** 31 - 1));
    });
    await Promise.race([this.#drain(), late]);
    clearTimeout(timer);
    if (this.#spans.length > 0) this.#counter.inc({ outcome: 'dropped' }, this.#spans.length);
    this.#spans = [];
    clearTimeout(this.#timer);
    void this.#exporter.close().catch(() => undefined);
  }

  async #drain(): Promise<void> {
    // At the end a collector that is down is not tried again and again.
    while (this.#sending !== undefined || (this.#spans.length > 0 && !this.#failing)) {
      if (this.#sending === undefined) this.#send();
      await this.#sending;
    }
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.#spans.splice(0, this.#settings.batch);
    if (spans.length === 0) return;
    setSpanClock();
    this.#sending = this.#export(spans).finally(() => {
      this.#sending = undefined;
      if (this.#spans.length >= this.#settings.batch) this.#send();
      else if (this.#spans.length > 0)
        this.#timer ??= setTimeout(() => this.#send(), this.#settings.intervalMs).unref();
    });
  }

  async #export(spans: readonly Span[]): Promise<void> {
    try {
      await this.#exporter.export(spans);
      this.#counter.inc({ outcome: 'exported' }, spans.length);
      if (this.#failing) log.info('The trace collector takes spans again');
      this.#failing = false;
    } catch (error) {
      this.#counter.inc({ outcome: 'failed' }, spans.length);
      // Once per change of state: a collector that is down for a day causes one line, and the metric shows the rest.
      if (!this.#failing) log.warning(`The trace collector takes no spans: ${String(error)}`);
      this.#failing = true;
    }
  }
}
