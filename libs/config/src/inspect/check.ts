import type { ConfigurationFault } from '../internal/errors.js';
import { formatFault } from '../internal/errors.js';
import type { LoadInput } from '../load-configuration.js';
import { inspectSources } from '../load-configuration.js';

/** Faults, warnings and notices about a configuration that was not started. */
export interface CheckReport {
  readonly files: readonly string[];
  readonly faults: readonly ConfigurationFault[];
  /** Old names, and unknown options where they are permitted. */
  readonly warnings: readonly string[];
  /** Options of nova and neutron that are not used here; values that differ between the files. */
  readonly notices: readonly string[];
}

/** Checks the sources as a program does at its start, without starting. */
export function checkConfiguration(input: LoadInput): CheckReport {
  const { sources, evaluation } = inspectSources(input);
  return {
    files: sources.files,
    faults: [...sources.faults, ...evaluation.faults],
    warnings: [...sources.warnings, ...evaluation.warnings],
    notices: evaluation.notices,
  };
}

/** The report as lines for a terminal: faults first, the verdict last. */
export function formatCheck({ files, faults, warnings, notices }: CheckReport): readonly string[] {
  const verdict = `${files.length} files read: ${faults.length} errors, ${warnings.length} warnings, ${notices.length} notices`;
  return [
    ...faults.map((fault) => `error: ${formatFault(fault)}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...notices.map((notice) => `notice: ${notice}`),
    verdict,
  ];
}
