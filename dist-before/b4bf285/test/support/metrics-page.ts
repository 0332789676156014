/** What a page in Prometheus' text form has: the names of samples, and the labels seen on each metric. */
export interface MetricsPage {
  readonly samples: ReadonlySet<string>;
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
}

const parts: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'] };

/** Reads a page: a metric that is declared counts, also while it has no sample. */
export function readMetricsPage(text: string): MetricsPage {
  const samples = new Set<string>();
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const part of parts[type] ?? ['']) samples.add(name + part);
  }
  for (const [, name = '', list = ''] of text.matchAll(/^([a-z_][a-z0-9_]*)\{(.*)\} /gm)) {
    const known = labels.get(name) ?? new Set<string>();
    labels.set(name, known);
    for (const [, label = ''] of list.matchAll(/([a-z_]+)="/g)) known.add(label);
  }
  return { samples, labels };
}

/** Several pages as one. */
export function joinPages(pages: readonly MetricsPage[]): MetricsPage {
  const labels = new Map<string, Set<string>>();
  for (const page of pages) {
    for (const [name, seen] of page.labels) labels.set(name, new Set([...(labels.get(name) ?? []), ...seen]));
  }
  return { samples: new Set(pages.flatMap((page) => [...page.samples])), labels };
}

/** The metrics that a PromQL expression reads, those of this product, with the labels it selects on. */
export function metricsIn(
  expression: string,
): readonly { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expression.matchAll(/\b((?:albireo|nodejs|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selectors = '']) => ({
      name,
      labels: [...selectors.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}
