import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';
import type { Aggregator, Counter, Gauge, Histogram, MetricObjectWithValues, MetricValue } from 'prom-client';

export type { Counter, Gauge, Histogram };

/** One metric with its values as JSON, as a worker sends it to the parent. */
export type MetricSnapshot = MetricObjectWithValues<MetricValue<string>>;

/** The definition of a metric: a name in Prometheus' form (`albireo_rpc_calls_total`), a sentence, and label names. */
export interface MetricDefinition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

export interface GaugeDefinition<Label extends string> extends MetricDefinition<Label> {
  /** How the values of several workers are merged: 'max' when each of them reports the whole. @default 'sum' */
  readonly aggregator?: Aggregator;
  /** Called before the values are read. */
  readonly collect?: (gauge: Gauge) => void;
}

export interface HistogramDefinition<Label extends string> extends MetricDefinition<Label> {
  /** Upper bounds in the unit of the metric. @default 5 ms to 60 s, in seconds */
  readonly buckets?: readonly number[];
}

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

// Loaded at the first use only: the parent process never registers a metric, and stays small until /metrics is
// requested.
const load = createRequire(import.meta.url);
let loaded: typeof PromClient | undefined;
function client(): typeof PromClient {
  loaded ??= load('prom-client') as typeof PromClient;
  return loaded;
}

/** The registered metrics, for the reference page. */
export interface RegisteredMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const counters = new Map<string, Counter>();
const gauges = new Map<string, Gauge>();
const histograms = new Map<string, Histogram>();
const definitions = new Map<string, RegisteredMetric>();

function registered<Metric>(
  known: Map<string, Metric>,
  type: RegisteredMetric['type'],
  { name, help, labels = [] }: MetricDefinition<string>,
  make: () => Metric,
): Metric {
  let metric = known.get(name);
  if (metric === undefined) {
    metric = make();
    known.set(name, metric);
    definitions.set(name, { name, type, help, labels });
  }
  return metric;
}

/** Everything that this process has registered, by name. */
export function registeredMetrics(): readonly RegisteredMetric[] {
  return [...definitions.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A value that only grows. Registering the same name again returns the same metric. */
export function counter<Label extends string>(definition: MetricDefinition<Label>): Counter {
  const { name, help, labels = [] } = definition;
  const make = (): Counter => new (client().Counter)({ name, help, labelNames: [...labels] });
  return registered(counters, 'counter', definition, make);
}

/** A value that goes up and down. */
export function gauge<Label extends string>(definition: GaugeDefinition<Label>): Gauge {
  const { name, help, labels = [], aggregator = 'sum', collect } = definition;
  const make = (): Gauge => {
    const read = collect === undefined ? {} : { collect: () => collect(made) };
    const made: Gauge = new (client().Gauge)({ name, help, labelNames: [...labels], aggregator, ...read });
    return made;
  };
  return registered(gauges, 'gauge', definition, make);
}

/** A distribution, such as of durations in seconds. */
export function histogram<Label extends string>(definition: HistogramDefinition<Label>): Histogram {
  const { name, help, labels = [], buckets = defaultBuckets } = definition;
  const make = (): Histogram =>
    new (client().Histogram)({ name, help, labelNames: [...labels], buckets: [...buckets] });
  return registered(histograms, 'histogram', definition, make);
}

/** Whether this process has registered a metric; a snapshot would load the library needlessly. */
export function hasMetrics(): boolean {
  return loaded !== undefined;
}

let processMetricsOn = false;

/** Adds the metrics of the process itself: CPU, memory, event-loop delay, garbage collection. */
export function collectProcessMetrics(): void {
  if (processMetricsOn) return;
  processMetricsOn = true;
  client().collectDefaultMetrics();
}

/** All metrics of this process as JSON. */
export async function snapshotMetrics(): Promise<MetricSnapshot[]> {
  return client().register.getMetricsAsJSON();
}

/** The metrics of several processes as one page in Prometheus' text form. */
export async function mergeMetrics(snapshots: readonly (readonly MetricSnapshot[])[]): Promise<string> {
  return client()
    .AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot]))
    .metrics();
}

/** The content type of the result of `mergeMetrics`. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';
