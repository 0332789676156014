import type { OptionDeclaration } from './declaration.js';
import type { ConfigurationFault } from './fault.js';
import { foreignNamesOf, foreignProjectsOf, isForeignGroup } from './foreign-options.js';
import type { OptionTable } from './option-table.js';
import { namesOf } from './option-table.js';
import { isOptionVariable, variableOf } from './sources/environment.js';
import type { Setting } from './sources/setting.js';
import { describeLocation } from './sources/setting.js';
import type { SettingsLayer } from './sources/settings-layer.js';
import { nearestName } from './suggestion.js';

export interface UnknownOptions {
  /** Settings that nobody knows. */
  readonly faults: readonly ConfigurationFault[];
  /** Settings of nova or neutron that have no use here. */
  readonly notUsed: readonly Setting[];
}

/** Finds the settings that belong to no option of the table. */
export function findUnknownOptions(table: OptionTable, layers: readonly SettingsLayer[]): UnknownOptions {
  const faults: ConfigurationFault[] = [];
  const notUsed: Setting[] = [];
  for (const setting of layers.flatMap((layer) => layer.settings)) {
    if (table.find(setting.group, setting.name) !== undefined) continue;
    if (foreignProjectsOf(setting.group, setting.name).length > 0) notUsed.push(setting);
    else faults.push(describeUnknown(table, setting, faults.length < mostHints));
  }
  return { faults, notUsed };
}

/** A file that is no configuration may hold any number of names: looking for what was meant must not take long. */
const mostHints = 100;

function describeUnknown(table: OptionTable, setting: Setting, withHint: boolean): ConfigurationFault {
  const { group, name, location } = setting;
  const isGroup = table.groups.some((declared) => declared.group === group) || isForeignGroup(group);
  const hint = isGroup ? nameMeant : groupMeant;
  const meant = withHint ? hint(table, setting) : undefined;
  const message = isGroup ? 'unknown option' : 'unknown option in an unknown group';
  return {
    code: isGroup ? 'unknown_option' : 'unknown_group',
    where: describeLocation(location),
    group,
    option: name,
    message: meant === undefined ? message : `${message}, did you mean ${meant}?`,
  };
}

function groupMeant(table: OptionTable, setting: Setting): string | undefined {
  const near = nearestName(setting.group.trim(), new Set(table.groups.map((declared) => declared.group)));
  return near === undefined ? nameMeant(table, setting) : `[${near}]`;
}

// A right name in the wrong group is as common as a misspelt one.
function nameMeant(table: OptionTable, { group, name }: Setting): string | undefined {
  const inGroup = table.options.filter((option) => option.group === group).map(nameOf);
  const withGroup = (wanted: string | undefined): string | undefined => {
    const option = table.options.find((candidate) => candidate.name === wanted);
    return option && `[${option.group}] ${option.name}`;
  };
  return (
    withGroup(name) ??
    nearestName(name, [...inGroup, ...foreignNamesOf(group)]) ??
    withGroup(nearestName(name, table.options.map(nameOf)))
  );
}

const nameOf = (option: OptionDeclaration): string => option.name;

/**
 * Variables that name an option in another way than `OS_<GROUP>__<OPTION>`: one underscore, lower case, hyphens. They
 * would say nothing, and nobody would know. Other variables that begin with `OS_`, those of OpenStack's clients, are
 * left alone.
 */
export function findMisspeltVariables(
  table: OptionTable,
  env: Readonly<Record<string, string | undefined>>,
): readonly ConfigurationFault[] {
  const candidates = Object.keys(env).filter((variable) => /^OS_/i.test(variable) && !isOptionVariable(variable));
  if (candidates.length === 0) return [];
  const variables = new Map(
    table.options.flatMap(namesOf).map(({ group, name }) => {
      const variable = variableOf(group, name);
      return [plainVariable(variable), variable];
    }),
  );
  return candidates.flatMap((where): ConfigurationFault[] => {
    const meant = variables.get(plainVariable(where));
    if (meant === undefined) return [];
    return [{ code: 'unknown_option', where, message: `the variable sets nothing, did you mean ${meant}?` }];
  });
}

const plainVariable = (variable: string): string => variable.toUpperCase().replaceAll(/[_.-]+/g, '_');
