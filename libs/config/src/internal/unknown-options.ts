import type { OptionDeclaration } from './declaration.js';
import type { ConfigurationFault } from './errors.js';
import type { OptionTable } from './option-table.js';
import { namesOf } from './option-table.js';
import { isOptionVariable, variableOf } from './sources/environment.js';
import type { Setting, SettingsLayer } from './sources/setting.js';
import { describeLocation } from './sources/setting.js';
import { nearestName } from './suggestion.js';

/** The options of other products whose files may be read too. */
export interface ForeignOptions {
  readonly isGroup: (group: string) => boolean;
  /** `textsOf` reads other settings of the files: the values of some options name groups. */
  readonly isOption: (
    group: string,
    name: string,
    textsOf: (group: string, name: string) => readonly string[],
  ) => boolean;
  /** All names of a group, for suggestions; empty for an unknown group. */
  readonly namesIn: (group: string) => readonly string[];
}

const noForeignOptions: ForeignOptions = { isGroup: () => false, isOption: () => false, namesIn: () => [] };

export interface UnknownOptions {
  /** Unknown settings. */
  readonly faults: readonly ConfigurationFault[];
  /** Settings of other products that are not used here. */
  readonly notUsed: readonly Setting[];
}

/** Finds the settings that belong to no option of the table. */
export function findUnknownOptions(
  table: OptionTable,
  layers: readonly SettingsLayer[],
  foreign: ForeignOptions = noForeignOptions,
): UnknownOptions {
  const faults: ConfigurationFault[] = [];
  const notUsed: Setting[] = [];
  const textsOf = (group: string, name: string): readonly string[] =>
    layers.flatMap((layer) => layer.find(group, name)).map(({ text }) => text);
  for (const setting of layers.flatMap((layer) => layer.settings)) {
    if (table.find(setting.group, setting.name) !== undefined) continue;
    if (foreign.isOption(setting.group, setting.name, textsOf)) notUsed.push(setting);
    else faults.push(describeUnknown(table, setting, faults.length < mostHints, foreign));
  }
  return { faults, notUsed };
}

/** A file that is not a configuration may contain any number of names: searching for suggestions must not take long. */
const mostHints = 100;

function describeUnknown(
  table: OptionTable,
  setting: Setting,
  withHint: boolean,
  foreign: ForeignOptions,
): ConfigurationFault {
  const { group, name, location } = setting;
  const isGroup = table.groups.some((declared) => declared.group === group) || foreign.isGroup(group);
  const hint = isGroup ? nameMeant : groupMeant;
  const meant = withHint ? hint(table, setting, foreign) : undefined;
  const message = isGroup ? 'unknown option' : 'unknown option in an unknown group';
  return {
    code: isGroup ? 'unknown_option' : 'unknown_group',
    where: describeLocation(location),
    group,
    option: name,
    message: meant === undefined ? message : `${message}, did you mean ${meant}?`,
  };
}

function groupMeant(table: OptionTable, setting: Setting, foreign: ForeignOptions): string | undefined {
  const near = nearestName(setting.group.trim(), new Set(table.groups.map((declared) => declared.group)));
  return near === undefined ? nameMeant(table, setting, foreign) : `[${near}]`;
}

// A correct name in the wrong group is as common as a misspelt one.
function nameMeant(table: OptionTable, { group, name }: Setting, foreign: ForeignOptions): string | undefined {
  const inGroup = table.options.filter((option) => option.group === group).map(nameOf);
  const withGroup = (wanted: string | undefined): string | undefined => {
    const option = table.options.find((candidate) => candidate.name === wanted);
    return option && `[${option.group}] ${option.name}`;
  };
  return (
    withGroup(name) ??
    nearestName(name, [...inGroup, ...foreign.namesIn(group)]) ??
    withGroup(nearestName(name, table.options.map(nameOf)))
  );
}

const nameOf = (option: OptionDeclaration): string => option.name;

/**
 * Variables that name an option in another form than `OS_<GROUP>__<OPTION>`: one underscore, lower case, hyphens. They
 * would have no effect, and nobody would notice. Other variables that begin with `OS_`, those of OpenStack's clients,
 * are ignored.
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
