import { getLogger } from '../../logger.js';
import { counter } from '../../metrics.js';
import type { Counter } from '../../metrics.js';
import type { Span } from '../../tracing/span.js';
import { setSpanClock } from './span-clock.js';

const log = getLogger('albireo.tracing');

/** Sends spans away; rejects when the collector did not take them within its time. */
export interface SpanExporter {
  export(spans: readonly Span[]): Promise<void>;
  close(): Promise<void>;
}

export interface SpanQueueSettings {
  /** Spans that wait at most; more are dropped. */
  readonly size: number;
  /** Spans of one request to the collector at most. */
  readonly batch: number;
  /** Longest time that a span waits for others. */
  readonly intervalMs: number;
}

/** What becomes of spans, by `outcome`. */
export function spanCounter(): Counter {
  return counter({
    name: 'albireo_trace_spans_total',
    help: 'Spans by what became of them: exported, dropped (the queue was full), failed (the collector refused or was away)',
    labels: ['outcome'],
  });
}

/**
 * Ended spans on their way to the collector. Nobody ever waits for it: one batch is under way at a time, the queue is
 * bounded, and what finds it full is dropped and counted.
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

  /** Sends what waits, for so long at most; the rest is dropped. */
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
    // A collector that is away is not asked again and again at the end.
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
      // Once a change of state: a collector that is away for a day is one line, and the metric tells the rest.
      if (!this.#failing) log.warning(`The trace collector takes no spans: ${String(error)}`);
      this.#failing = true;
    }
  }
}
