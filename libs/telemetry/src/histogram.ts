/** One combination of label values, counted by bucket. */
class Series {
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(
    readonly labels: Readonly<Record<string, string>>,
    buckets: number,
  ) {
    this.counts = Array.from({ length: buckets }, () => 0);
  }
}

/** A sample as prom-client has it in its JSON form. */
export interface HistogramSample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName: string;
}

const separator = '\u0000';

/**
 * A distribution. prom-client's own costs a request some 10 µs (it checks and hashes the labels of each observation);
 * this one looks a joined text up and adds, and takes prom-client's form only when somebody asks for the metrics.
 */
export class Histogram {
  readonly #series = new Map<string, Series>();

  constructor(
    readonly name: string,
    readonly help: string,
    readonly labels: readonly string[],
    /** Upper bounds, ascending. */
    readonly buckets: readonly number[],
  ) {}

  observe(values: Readonly<Record<string, string>>, value: number): void {
    let key = '';
    for (const label of this.labels) key += values[label] + separator;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = new Series({ ...values }, this.buckets.length);
      this.#series.set(key, series);
    }
    series.sum += value;
    series.count += 1;
    const { buckets } = this;
    for (let at = 0; at < buckets.length; at += 1) {
      if (value <= (buckets[at] ?? 0)) {
        series.counts[at] = (series.counts[at] ?? 0) + 1;
        return;
      }
    }
  }

  samples(): HistogramSample[] {
    const samples: HistogramSample[] = [];
    for (const { labels, counts, sum, count } of this.#series.values()) {
      let below = 0;
      const add = (part: string, value: number, le: Record<string, number | string> = {}): void => {
        samples.push({ labels: { ...le, ...labels }, value, metricName: `${this.name}_${part}` });
      };
      for (const [at, bound] of this.buckets.entries()) {
        below += counts[at] ?? 0;
        add('bucket', below, { le: bound });
      }
      add('bucket', count, { le: '+Inf' });
      add('sum', sum);
      add('count', count);
    }
    return samples;
  }
}
