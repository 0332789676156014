/** The assignments of one file, of the environment or of the command line, found by group and name. */
export class SettingsLayer {
  readonly #byKey = new Map<string, Setting[]>();

  constructor(
    readonly kind: 'file' | 'environment' | 'command_line',
    /** The file's path, or the kind. */
    readonly name: string,
    readonly settings: readonly Setting[],
  ) {
    for (const setting of settings) {
      const key = settingKey(setting.group, setting.name);
      const list = this.#byKey.get(key);
      if (list === undefined) this.#byKey.set(key, [setting]);
      else list.push(setting);
    }
  }

  /** In the order of writing; empty when the name is not set here. */
  find(group: string, name: string): readonly Setting[] {
    return this.#byKey.get(settingKey(group, name)) ?? [];
  }
}

/** Where a value was written; a later kind overrides an earlier one. */
export type ValueLocation =
  | { readonly kind: 'default' }
  | { readonly kind: 'program' }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'command_line'; readonly flag: string };

/** One assignment as it was written, before interpolation and parsing. */
export interface Setting {
  /** `DEFAULT`, or lower case. */
  readonly group: string;
  /** With underscores. */
  readonly name: string;
  readonly text: string;
  readonly location: ValueLocation;
}

/** Places in messages: `albireo.conf:12`, `OS_API__MAX_LIMIT`, `--debug`. */
export function describeLocation(location: ValueLocation): string {
  if (location.kind === 'file') return `${location.path}:${location.line}`;
  if (location.kind === 'environment') return location.variable;
  if (location.kind === 'command_line') return location.flag;
  return location.kind === 'program' ? 'program default' : 'default';
}

/** The key of a group and name, shared by options and settings. */
export const settingKey = (group: string, name: string): string => `${group}.${name}`;

/** Group names are compared case-insensitively, except for DEFAULT (oslo_config.cfg). */
export const normalizeGroup = (group: string): string => (group === 'DEFAULT' ? group : group.toLowerCase());
