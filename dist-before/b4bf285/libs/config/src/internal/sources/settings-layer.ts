import type { Setting } from './setting.js';
import { settingKey } from './setting.js';

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
