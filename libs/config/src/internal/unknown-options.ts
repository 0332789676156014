import type { ConfigurationFault } from './fault.js';
import { foreignProjectsOf } from './foreign-options.js';
import type { OptionTable } from './option-table.js';
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
    else faults.push(describeUnknown(table, setting));
  }
  return { faults, notUsed };
}

function describeUnknown(table: OptionTable, { group, name, location }: Setting): ConfigurationFault {
  const inGroup = table.options.filter((option) => option.group === group).map((option) => option.name);
  const where = describeLocation(location);
  if (inGroup.length > 0) {
    const near = nearestName(name, inGroup) ?? groupOf(table, name);
    return {
      code: 'unknown_option',
      where,
      group,
      option: name,
      message: `unknown option${near === undefined ? '' : `, did you mean ${near}?`}`,
    };
  }
  const groups = new Set(table.groups.map((declared) => declared.group));
  // Groups are compared without case, except for this one.
  const near = group === 'default' ? 'DEFAULT' : nearestName(group, groups);
  const hint = near === undefined ? '' : `, did you mean [${near}]?`;
  return { code: 'unknown_group', where, group, option: name, message: `unknown option in an unknown group${hint}` };
}

// A right name in the wrong group is as common as a misspelt one.
function groupOf(table: OptionTable, name: string): string | undefined {
  const option = table.options.find((candidate) => candidate.name === name);
  return option === undefined ? undefined : `[${option.group}] ${name}`;
}
