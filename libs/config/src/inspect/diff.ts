import type { Configuration, ReloadResult } from '../configuration.js';
import { formatChange } from '../internal/change.js';
import { formatFault } from '../internal/errors.js';
import { sameValue } from '../internal/option-value.js';

export type ConfigurationDifference = Pick<ReloadResult, 'changes' | 'ignored'>;

/** The changes if a running program with the first configuration read the second: applied or ignored. */
export function diffConfigurations(running: Configuration, next: Configuration): ConfigurationDifference {
  const values = new Map(next.entries().map(({ option, value }) => [option, value]));
  const all = running.entries().flatMap(({ option, value }) => {
    const newValue = values.get(option);
    return sameValue(value, newValue) ? [] : [{ option, oldValue: value, newValue }];
  });
  return {
    changes: all.filter(({ option }) => option.mutable === true),
    ignored: all.filter(({ option }) => option.mutable !== true),
  };
}

/** The difference as lines for a terminal or the log. */
export function formatDifference(
  difference: ConfigurationDifference & Partial<Pick<ReloadResult, 'faults'>>,
): readonly string[] {
  return [
    ...(difference.faults ?? []).map((fault) => `error: ${formatFault(fault)}`),
    ...difference.changes.map((change) => `changes at once: ${formatChange(change)}`),
    ...difference.ignored.map((change) => `needs a restart: ${formatChange(change)}`),
  ];
}
