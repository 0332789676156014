import { describeConflicts } from './conflicts.js';
import type { OptionDeclaration } from './declaration.js';
import type { ConfigurationFault } from './fault.js';
import { formatFault } from './fault.js';
import type { OptionTable } from './option-table.js';
import type { ResolvedOption, ResolverInput } from './resolver.js';
import { OptionResolver } from './resolver.js';
import { describeLocation } from './sources/setting.js';
import type { SettingsLayer } from './sources/settings-layer.js';
import { findMisspeltVariables, findUnknownOptions } from './unknown-options.js';

export interface EvaluationInput extends ResolverInput {
  /** `group.name` of options that this program does not start without. */
  readonly required: readonly string[];
}

export interface Evaluation {
  readonly values: ReadonlyMap<OptionDeclaration, ResolvedOption>;
  readonly faults: readonly ConfigurationFault[];
  /** For the log: what is probably not meant so: old names, names that name nothing, unknown options when allowed. */
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
  const unknownFaults = [...unknown.faults, ...findMisspeltVariables(table, input.context.env)];
  const unknownOption = table.find('config', 'unknown_options')?.option;
  const lenient = unknownOption !== undefined && values.get(unknownOption)?.value === 'warn';
  return {
    values,
    faults: lenient ? resolver.faults : [...unknownFaults, ...resolver.faults],
    warnings: [
      ...deprecations(table, layers),
      ...trailingComments(table, layers),
      ...resolver.warnings,
      ...(lenient ? unknownFaults.map(formatFault) : []),
    ],
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

// As in oslo.config "#" begins a comment in the first column only. A secret may well hold one.
function trailingComments(table: OptionTable, layers: readonly SettingsLayer[]): readonly string[] {
  return layers
    .filter(({ kind }) => kind === 'file')
    .flatMap((layer) => layer.settings)
    .filter(({ group, name, text }) => {
      const option = table.find(group, name)?.option;
      return option !== undefined && option.secret !== true && /\s#/.test(text);
    })
    .map(({ group, name, location }) => {
      const place = `${describeLocation(location)}: [${group}] ${name}`;
      return `${place}: "#" begins a comment in the first column only; here it is a part of the value`;
    });
}
