import type { OptionDeclaration } from './declaration.js';
import { maskText } from './masking.js';
import type { OptionTable } from './option-table.js';
import type { Setting } from './sources/setting.js';
import { describeLocation } from './sources/setting.js';
import type { SettingsLayer } from './sources/settings-layer.js';

/**
 * One line for each option that two files, or two lines of one, set to different values, as when a nova.conf and a
 * neutron.conf are read together: the later one wins, and the operator should know.
 */
export function describeConflicts(table: OptionTable, layers: readonly SettingsLayer[]): readonly string[] {
  const winners = new Map<OptionDeclaration, Setting>();
  const lines: string[] = [];
  for (const layer of layers) {
    if (layer.kind !== 'file') continue;
    const inThisFile = new Map<OptionDeclaration, Setting>();
    for (const setting of layer.settings) {
      const option = table.find(setting.group, setting.name)?.option;
      if (option === undefined || option.type.multi === true) continue;
      const before = inThisFile.get(option);
      // A new name wins over an old one wherever it stands: the warning of the old one tells.
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
