import type { OptionDeclaration } from '../internal/declaration.js';
import { UsageError, formatFault } from '../internal/errors.js';
import { displayValue, maskText } from '../internal/masking.js';
import { namesOf } from '../internal/option-table.js';
import { OptionResolver } from '../internal/resolver.js';
import type { Setting } from '../internal/sources/setting.js';
import { describeLocation, normalizeGroup } from '../internal/sources/setting.js';
import { nearestName } from '../internal/suggestion.js';
import type { LoadInput } from '../load-configuration.js';
import { inspectSources } from '../load-configuration.js';

/** A value of an option in one layer; the strongest layer comes first. */
export interface LayerValue {
  /** File and line, variable, flag, `default` or `program default`. */
  readonly where: string;
  /** As written, secrets masked. */
  readonly text: string;
  /** This value is the effective one. */
  readonly wins: boolean;
}

/** The source of an option's value. */
export interface OptionExplanation {
  readonly option: OptionDeclaration;
  readonly layers: readonly LayerValue[];
  /** The effective value, secrets masked. */
  readonly value: string;
  readonly faults: readonly string[];
}

/**
 * Explains every option of that name: `debug`, `api.max_limit` or `[api] max_limit`; an old name is accepted. Works on
 * faulty configurations too. Throws `UsageError` for an unknown name.
 */
export function explainOption(input: LoadInput, name: string): readonly OptionExplanation[] {
  const { table, sources, resolverInput } = inspectSources(input);
  const match = /^(?:\[?([^\].]+)[\].]\s*)?([^.\s]+)$/.exec(name.trim());
  const group = match?.[1] === undefined ? undefined : normalizeGroup(match[1]);
  const wanted = (match?.[2] ?? name).replaceAll('-', '_');
  const options = table.options.filter((option) =>
    namesOf(option).some((own) => own.name === wanted && (group === undefined || own.group === group)),
  );
  if (options.length === 0) {
    const near = nearestName(group === undefined ? wanted : `${group}.${wanted}`, allNames(table.options));
    throw new UsageError(`there is no option "${name}"${near === undefined ? '' : `, did you mean ${near}?`}`);
  }
  return options.map((option) => {
    const resolver = new OptionResolver(resolverInput);
    const resolved = resolver.resolve(option);
    const winners = new Set(resolver.winners(option));
    const settings = sources.layers
      .toReversed()
      .flatMap((layer): Setting[] =>
        namesOf(option).flatMap((own) => [...layer.find(own.group, own.name)].toReversed()),
      );
    const defaults = resolver.defaultsOf(option);
    return {
      option,
      layers: [
        ...settings.map((setting) => ({
          where: describeLocation(setting.location),
          text: maskText(option, setting.text),
          wins: winners.has(setting),
        })),
        ...defaults.map(({ value, location }, index) => ({
          where: describeLocation(location),
          text: displayValue(option, value),
          wins: settings.length === 0 && index === 0,
        })),
      ],
      value: displayValue(option, resolved.value),
      faults: resolver.faults.map(formatFault),
    };
  });
}

function allNames(options: readonly OptionDeclaration[]): readonly string[] {
  return options.flatMap((option) => [option.name, `${option.group}.${option.name}`]);
}

/** The explanation as lines for a terminal; the winner is marked with `*`. */
export function formatExplanation({ option, layers, value, faults }: OptionExplanation): readonly string[] {
  const width = Math.max(...layers.map((layer) => layer.where.length));
  return [
    `[${option.group}] ${option.name} (${option.type.name}${option.mutable === true ? ', mutable' : ''})`,
    `  ${option.help}`,
    `  allowed: ${option.type.allowed}`,
    ...layers.map((layer) => `  ${layer.wins ? '*' : ' '} ${layer.where.padEnd(width)}  ${layer.text}`),
    `  in effect: ${value}`,
    ...faults.map((fault) => `  error: ${fault}`),
  ];
}
