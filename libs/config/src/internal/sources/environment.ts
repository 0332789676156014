import type { Setting } from './setting.js';
import { SettingsLayer } from './setting.js';

const variablePattern = /^OS_([A-Z0-9_]+?)__([A-Z0-9_]+)$/;

/** The variable that sets an option (oslo_config.sources._environment). */
export const variableOf = (group: string, name: string): string => `OS_${group.toUpperCase()}__${name.toUpperCase()}`;

/** Whether a variable has the form `OS_<GROUP>__<OPTION>`. */
export const isOptionVariable = (variable: string): boolean => variablePattern.test(variable);

/** All variables of the form `OS_<GROUP>__<OPTION>`. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): SettingsLayer {
  const settings: Setting[] = [];
  for (const [variable, value] of Object.entries(env)) {
    const match = variablePattern.exec(variable);
    if (match === null || value === undefined) continue;
    const [, group = '', name = ''] = match;
    settings.push({
      group: group === 'DEFAULT' ? group : group.toLowerCase(),
      name: name.toLowerCase(),
      text: value,
      location: { kind: 'environment', variable },
    });
  }
  return new SettingsLayer('environment', 'environment', settings);
}
