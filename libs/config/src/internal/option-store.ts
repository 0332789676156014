import type { OptionDeclaration, OptionGroupClass } from './declaration.js';
import { ConfigurationError } from './errors.js';
import type { ConfigurationFault } from './errors.js';
import { declarationOf } from './declaration-registry.js';
import type { OptionTable } from './option-table.js';
import type { OptionValue } from './option-value.js';

/** Holds the values of all options, and the live objects that show them. */
export class OptionStore {
  readonly #values = new Map<OptionDeclaration, OptionValue>();
  /** By group class: property to value; the live object's getters read from here. */
  readonly #cells = new Map<OptionGroupClass, Record<string, OptionValue>>();
  readonly #views = new Map<OptionGroupClass, object>();

  /** Faults of options that were not checked at the start: reading such an option throws them. */
  #faults: ReadonlyMap<OptionDeclaration, readonly ConfigurationFault[]> = new Map();

  constructor(readonly table: OptionTable) {}

  /** Replaces the faults that were not reported at the start and that readers of the options get. */
  deferFaults(faults: ReadonlyMap<OptionDeclaration, readonly ConfigurationFault[]>): void {
    this.#faults = faults;
  }

  valueOf(option: OptionDeclaration): OptionValue {
    return this.#values.get(option);
  }

  set(option: OptionDeclaration, value: OptionValue): void {
    this.#values.set(option, value);
    for (const [groupClass, cells] of this.#cells) {
      if (declarationOf(groupClass).options.includes(option)) cells[option.property] = value;
    }
  }

  /** The live, read-only object of a group class. Reading an option with a deferred fault throws ConfigurationError. */
  view<T extends object>(groupClass: OptionGroupClass<T>): T {
    const existing = this.#views.get(groupClass);
    if (existing instanceof groupClass) return existing;
    const declaration = declarationOf(groupClass);
    if (!this.table.groups.includes(declaration)) {
      throw new TypeError(`${groupClass.name} is not among the option groups of this program`);
    }
    const cells: Record<string, OptionValue> = {};
    const view = new groupClass();
    for (const option of declaration.options) {
      const { property } = option;
      cells[property] = this.#values.get(option);
      Object.defineProperty(view, property, {
        enumerable: true,
        get: () => {
          if (this.#faults.size > 0) this.#tellFaults(option, declaration.options);
          return cells[property];
        },
      });
    }
    this.#cells.set(groupClass, cells);
    this.#views.set(groupClass, Object.freeze(view));
    return view;
  }

  // All options of the group at once: code that reads one of them reads the others too.
  #tellFaults(option: OptionDeclaration, group: readonly OptionDeclaration[]): void {
    if (this.#faults.get(option) === undefined) return;
    throw new ConfigurationError(group.flatMap((other) => this.#faults.get(other) ?? []));
  }
}
