import { describeConflicts } from './conflicts.js';
import type { OptionDeclaration } from './declaration.js';
import type { ConfigurationFault } from './fault.js';
import { formatFault } from './fault.js';
import type { OptionTable } from './option-table.js';
import type { ResolvedOption, ResolverInput } from './resolver.js';
import { OptionResolver } from './resolver.js';
import { describeLocation } from './sources/setting.js';
import type { SettingsLayer } from './sources/settings-layer.js';
import { findUnknownOptions } from './unknown-options.js';

export interface EvaluationInput extends ResolverInput {
  /** `group.name` of options that this program does not start without. */
  readonly required: readonly string[];
}

export interface Evaluation {
  readonly values: ReadonlyMap<OptionDeclaration, ResolvedOption>;
  readonly faults: readonly ConfigurationFault[];
  /** For the log: deprecated names, unknown options when they are allowed. */
  readonly warnings: readonly string[];
  /** For the log, of less weight: options of nova and neutron without a use here, values that differ between files. */
  readonly notices: readonly string[];
}

/** Resolves every option and judges every setting; faults are collected, never thrown. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { table, layers } = input;
  const resolver = new OptionResolver(input);
  const values = new Map<OptionDeclaration, ResolvedOption>();
  for (const option of table.options) {
    const required = option.required === true || input.required.includes(`${option.group}.${option.name}`);
    values.set(option, resolver.resolve(option));
    if (required && values.get(option)?.value === undefined) resolver.reportRequired(option);
  }

  const unknown = findUnknownOptions(table, layers);
  const unknownOption = table.find('config', 'unknown_options')?.option;
  const lenient = unknownOption !== undefined && values.get(unknownOption)?.value === 'warn';
  return {
    values,
    faults: lenient ? resolver.faults : [...unknown.faults, ...resolver.faults],
    warnings: [...deprecations(table, layers), ...(lenient ? unknown.faults.map(formatFault) : [])],
    notices: [
      ...unknown.notUsed.map(
        ({ group, name, location }) => `${describeLocation(location)}: [${group}] ${name} is not used here`,
      ),
      ...describeConflicts(table, layers),
    ],
  };
}

function deprecations(table: OptionTable, layers: readonly SettingsLayer[]): readonly string[] {
  return layers
    .flatMap((layer) => layer.settings)
    .flatMap(({ group, name, location }) => {
      const named = table.find(group, name);
      if (named === undefined) return [];
      const { option } = named;
      const place = `${describeLocation(location)}: [${group}] ${name}`;
      if (named.deprecated) return [`${place} is an old name: use [${option.group}] ${option.name}`];
      const removal = option.deprecatedForRemoval;
      if (removal === undefined) return [];
      return [`${place} is deprecated since ${removal.since} and will be removed: ${removal.reason}`];
    });
}
