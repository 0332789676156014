import type { Half, OptionDeclaration } from './declaration.js';
import type { ConfigurationFault } from './errors.js';
import { formatFault } from './errors.js';
import type { OptionValue } from './option-value.js';
import { OptionStore } from './option-store.js';
import type { OptionTable } from './option-table.js';
import type { Requirement } from './requirement.js';
import type { ResolvedOption, ResolverInput } from './resolver.js';
import { OptionResolver } from './resolver.js';
import { describeLocation } from './sources/setting.js';
import type { SettingsLayer } from './sources/setting.js';
import { findMisspeltVariables, findUnknownOptions } from './unknown-options.js';
import type { ForeignOptions } from './unknown-options.js';
import { maskText } from './masking.js';
import type { Setting } from './sources/setting.js';

export interface EvaluationInput extends ResolverInput {
  /** The options without which this program does not start. */
  readonly required: readonly Requirement[];
  /** The halves that this program runs. */
  readonly halves: readonly Half[];
  readonly program: string;
  readonly foreign?: ForeignOptions;
}

export interface Evaluation {
  readonly values: ReadonlyMap<OptionDeclaration, ResolvedOption>;
  readonly faults: readonly ConfigurationFault[];
  /** Options that no half of this program uses, with the faults that their readers would get. */
  readonly unused: UnusedOptions;
  /**
   * Warnings for the log about probable mistakes: old names, references that name no option, unknown options when
   * permitted.
   */
  readonly warnings: readonly string[];
  /**
   * Less important messages for the log: options of nova and neutron that are not used here, values that differ between
   * files.
   */
  readonly notices: readonly string[];
}

export type UnusedOptions = ReadonlyMap<OptionDeclaration, readonly ConfigurationFault[]>;

/**
 * Resolves every option and checks every setting; faults are collected, never thrown. Faults of options that the
 * program does not use are kept apart.
 */
export function evaluate(input: EvaluationInput): Evaluation {
  const { table, layers } = input;
  const isUsed = usedBy(input.halves);
  const used = resolveUsed(input, isUsed);
  const { faults } = used.resolver;
  const values = new Map(used.values);
  const unused = new Map<OptionDeclaration, readonly ConfigurationFault[]>();
  for (const option of table.options) {
    if (isUsed(option)) continue;
    const resolver = new OptionResolver(input);
    values.set(option, resolver.resolve(option));
    unused.set(option, resolver.faults);
  }
  reportConditional(input, used.resolver, values);

  const unknown = findUnknownOptions(table, layers, input.foreign);
  const unknownFaults = [...unknown.faults, ...findMisspeltVariables(table, input.context.env)];
  const unknownOption = table.find('config', 'unknown_options')?.option;
  const lenient = unknownOption !== undefined && values.get(unknownOption)?.value === 'warn';
  return {
    values,
    faults: lenient ? faults : [...unknownFaults, ...faults],
    unused,
    warnings: [
      ...deprecations(table, layers),
      ...trailingComments(table, layers, isUsed),
      ...used.resolver.warnings,
      ...(lenient ? unknownFaults.map(formatFault) : []),
    ],
    notices: [
      ...unknown.notUsed.map(
        ({ group, name, location }) => `${describeLocation(location)}: [${group}] ${name} is not used here`,
      ),
      ...[...unused.values()].flat().map((fault) => `${formatFault(fault)}; ${input.program} does not use it`),
      ...describeConflicts(table, layers),
    ],
  };
}

/**
 * Options that are required because of the values of others. These values are known only after all options are read.
 */
function reportConditional(
  { table, required }: EvaluationInput,
  resolver: OptionResolver,
  values: ReadonlyMap<OptionDeclaration, ResolvedOption>,
): void {
  const store = new OptionStore(table);
  for (const [option, { value }] of values) store.set(option, value);
  for (const requirement of required) {
    if (typeof requirement === 'string') continue;
    const [group = '', name = ''] = requirement.option.split('.');
    const option = table.find(group, name)?.option;
    if (option === undefined || !isEmpty(values.get(option)?.value)) continue;
    const reason = requirement.since((groupClass) => store.view(groupClass));
    if (reason !== undefined) resolver.reportRequired(option, reason);
  }
}

/** An empty secret counts as none: anyone could sign with it. */
function isEmpty(value: OptionValue): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A program that runs no half gets the fault when it reads an option. */
const usedBy =
  (halves: readonly Half[]) =>
  ({ half }: OptionDeclaration): boolean =>
    half === undefined || half === 'both' ? halves.length > 0 : halves.includes(half);

function resolveUsed(input: EvaluationInput, isUsed: (option: OptionDeclaration) => boolean) {
  const resolver = new OptionResolver(input);
  const values = new Map<OptionDeclaration, ResolvedOption>();
  for (const option of input.table.options.filter(isUsed)) {
    const required = option.required === true || input.required.includes(`${option.group}.${option.name}`);
    values.set(option, resolver.resolve(option));
    if (required && values.get(option)?.value === undefined) resolver.reportRequired(option);
  }
  return { values, resolver };
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

// As in oslo.config "#" begins a comment in the first column only. A secret may contain one.
function trailingComments(
  table: OptionTable,
  layers: readonly SettingsLayer[],
  isUsed: (option: OptionDeclaration) => boolean,
): readonly string[] {
  return layers
    .filter(({ kind }) => kind === 'file')
    .flatMap((layer) => layer.settings)
    .filter(({ group, name, text }) => {
      const option = table.find(group, name)?.option;
      return option !== undefined && isUsed(option) && option.secret !== true && /\s#/.test(text);
    })
    .map(({ group, name, location }) => {
      const place = `${describeLocation(location)}: [${group}] ${name}`;
      return `${place}: "#" begins a comment in the first column only; here it is a part of the value`;
    });
}

/**
 * One line for each option that two files, or two lines of one file, set to different values, for example when a
 * nova.conf and a neutron.conf are read together: the later one takes effect, and the operator should know.
 */
function describeConflicts(table: OptionTable, layers: readonly SettingsLayer[]): readonly string[] {
  const winners = new Map<OptionDeclaration, Setting>();
  const lines: string[] = [];
  for (const layer of layers) {
    if (layer.kind !== 'file') continue;
    const inThisFile = new Map<OptionDeclaration, Setting>();
    for (const setting of layer.settings) {
      const option = table.find(setting.group, setting.name)?.option;
      if (option === undefined || option.type.multi === true) continue;
      const before = inThisFile.get(option);
      // A new name overrides an old one wherever it is written: the warning about the old one reports this.
      if (before !== undefined && before.name !== setting.name) continue;
      if (before !== undefined && before.text !== setting.text) lines.push(describe(option, before, setting));
      inThisFile.set(option, setting);
    }
    for (const [option, setting] of inThisFile) {
      const before = winners.get(option);
      if (before !== undefined && before.text !== setting.text) lines.push(describe(option, before, setting));
      winners.set(option, setting);
    }
  }
  return lines;
}

function describe(option: OptionDeclaration, before: Setting, after: Setting): string {
  const text = (setting: Setting): string => JSON.stringify(maskText(option, setting.text));
  return (
    `${describeLocation(after.location)}: [${option.group}] ${option.name} = ${text(after)} ` +
    `replaces ${text(before)} of ${describeLocation(before.location)}`
  );
}
