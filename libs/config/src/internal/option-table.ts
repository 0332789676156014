import type { GroupDeclaration, OptionDeclaration, OptionGroupClass } from './declaration.js';
import { declarationOf } from './declaration-registry.js';
import { normalizeGroup, settingKey } from './sources/setting.js';

/** An option found by one of its names. */
export interface NamedOption {
  readonly option: OptionDeclaration;
  /** The name is an old one that should not be used any more. */
  readonly deprecated: boolean;
}

/** All names, with their group, under which an option is looked for; its own name comes first. */
export function namesOf(option: OptionDeclaration): readonly { group: string; name: string; deprecated: boolean }[] {
  const aliases = (option.deprecatedOpts ?? []).map((alias) => ({
    group: normalizeGroup(alias.group ?? option.group),
    name: alias.name ?? option.name,
    deprecated: alias.silent !== true,
  }));
  return [{ group: option.group, name: option.name, deprecated: false }, ...aliases];
}

/** The options of the given classes, found by any of their names. */
export class OptionTable {
  readonly #groups: GroupDeclaration[] = [];
  readonly #options: OptionDeclaration[] = [];
  readonly #byName = new Map<string, NamedOption>();

  constructor(classes: readonly OptionGroupClass[]) {
    for (const groupClass of classes) this.add(declarationOf(groupClass));
  }

  get groups(): readonly GroupDeclaration[] {
    return this.#groups;
  }

  get options(): readonly OptionDeclaration[] {
    return this.#options;
  }

  add(declaration: GroupDeclaration): void {
    this.#groups.push(declaration);
    this.#options.push(...declaration.options);
    for (const option of declaration.options) {
      for (const { group, name, deprecated } of namesOf(option)) {
        const key = settingKey(group, name);
        const other = this.#byName.get(key);
        if (other !== undefined) {
          throw new TypeError(`option ${key} is declared twice: ${other.option.property} and ${option.property}`);
        }
        this.#byName.set(key, { option, deprecated });
      }
    }
  }

  find(group: string, name: string): NamedOption | undefined {
    return this.#byName.get(settingKey(group, name));
  }
}
