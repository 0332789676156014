import { gauge } from './metrics.js';
import type { MetricDefinition } from './metrics.js';

/** A gauge by one label that every request changes twice: prom-client sees it only when the metrics are asked for. */
export interface Level {
  add(value: string, by: 1 | -1): void;
}

const levels = new Map<string, Level>();

/** Registers a Level, or finds it; its single label is the first of `labels`. */
export function level<Label extends string>(definition: MetricDefinition<Label>): Level {
  const known = levels.get(definition.name);
  if (known !== undefined) return known;
  const [label = 'kind'] = definition.labels ?? [];
  const values = new Map<string, number>();
  gauge({
    ...definition,
    collect: (metric) => {
      for (const [value, count] of values) metric.set({ [label]: value }, count);
    },
  });
  const made = { add: (value: string, by: 1 | -1): void => void values.set(value, (values.get(value) ?? 0) + by) };
  levels.set(definition.name, made);
  return made;
}
