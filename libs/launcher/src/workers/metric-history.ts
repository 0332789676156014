import type { MetricSnapshot } from '#libs/telemetry';

interface Sample {
  value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

interface Kept {
  readonly metric: MetricSnapshot;
  readonly samples: Map<string, Sample>;
}

function keyOf(sample: Sample): string {
  return JSON.stringify([sample.metricName, Object.entries(sample.labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * The sum of the metrics of dead workers, so that a merged counter does not fall when a worker is replaced. Only
 * counters and histograms are kept: a gauge ends with its process.
 */
export class MetricHistory {
  readonly #kept = new Map<string, Kept>();

  /** In the form in which a worker reports its metrics, to be merged like those of one more worker. */
  get snapshot(): MetricSnapshot[] {
    return [...this.#kept.values()].map(({ metric, samples }) => ({
      ...metric,
      values: [...samples.values()].map((sample) => ({ ...sample })),
    }));
  }

  /** @param last the worker's last report, preferably from its end */
  add(last: readonly MetricSnapshot[]): void {
    for (const metric of last) {
      // prom-client returns the type as its name, though it is declared as a number.
      const type = String(metric.type);
      if (type !== 'counter' && type !== 'histogram') continue;
      let kept = this.#kept.get(metric.name);
      if (kept === undefined) {
        kept = { metric, samples: new Map() };
        this.#kept.set(metric.name, kept);
      }
      for (const value of metric.values as readonly Sample[]) {
        const key = keyOf(value);
        const known = kept.samples.get(key);
        if (known === undefined) kept.samples.set(key, { ...value });
        else known.value += value.value;
      }
    }
  }
}
