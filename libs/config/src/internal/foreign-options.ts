import { settingKey } from './sources/setting.js';

/** A program of OpenStack whose file may be read by ours. */
export type ForeignProject = 'nova' | 'neutron';

const known: ReadonlyMap<string, readonly ForeignProject[]> = new Map();

/** The projects that know the option, when ours does not; empty when none does. */
export function foreignProjectsOf(group: string, name: string): readonly ForeignProject[] {
  return known.get(settingKey(group, name)) ?? [];
}
