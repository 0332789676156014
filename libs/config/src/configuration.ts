import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { ConfigurationState, SourcePaths } from './configuration-state.js';
import type { OptionChange } from './internal/change.js';
import type { GroupDeclaration, OptionDeclaration, OptionGroupClass } from './internal/declaration.js';
import { declarationOf } from './internal/declaration-registry.js';
import type { UnusedOptions } from './internal/evaluate.js';
import type { ConfigurationFault } from './internal/errors.js';
import { logOptionValues } from './internal/masking.js';
import { OptionStore } from './internal/option-store.js';
import { OptionTable } from './internal/option-table.js';
import type { OptionValue } from './internal/option-value.js';
import { freezeValue, sameValue } from './internal/option-value.js';

/** The result of a reload. Nothing changed when there are faults. */
export interface ReloadResult {
  readonly faults: readonly ConfigurationFault[];
  /** Mutable options that have a new value now. */
  readonly changes: readonly OptionChange[];
  /** Options that differ in the sources and cannot change before a restart. */
  readonly ignored: readonly OptionChange[];
  readonly warnings: readonly string[];
  /** Errors thrown by hooks; the other hooks were called nevertheless. */
  readonly hookErrors: readonly unknown[];
}

/** New values, or the faults that prevented them. */
export interface FreshValues {
  readonly faults: readonly ConfigurationFault[];
  readonly warnings: readonly string[];
  readonly configFiles: readonly string[];
  readonly values: ReadonlyMap<OptionDeclaration, OptionValue>;
  readonly unused: UnusedOptions;
}

/** Called with the changed options, with old and new value, once all have their new values. Must not wait. */
export type MutateHook = (changes: readonly OptionChange[]) => void;

interface ConfigurationParts {
  readonly program: string;
  readonly version: string;
  readonly argv: readonly string[];
  readonly configFiles: readonly string[];
  readonly sourcePaths?: SourcePaths;
  readonly table: OptionTable;
  readonly values: ReadonlyMap<OptionDeclaration, OptionValue>;
  readonly warnings?: readonly string[];
  readonly notices?: readonly string[];
  readonly unused?: UnusedOptions;
  /** Reads the sources again; absent in a child, which gets its values from the parent. */
  readonly read?: () => FreshValues;
  /** In a child: the state that the parent sent. */
  readonly state?: ConfigurationState;
}

/** The checked options of a running program. */
export class Configuration {
  readonly program: string;
  readonly version: string;
  readonly argv: readonly string[];
  /** Warnings for the log, once logging works: old names used, permitted unknown options. */
  readonly warnings: readonly string[];
  /**
   * Less important messages for the log: options of nova and neutron that are not used here, values that differ between
   * files.
   */
  readonly notices: readonly string[];
  /** The paths to watch for changes. */
  readonly sourcePaths: SourcePaths;
  readonly #store: OptionStore;
  readonly #hooks = new Set<MutateHook>();
  readonly #read: (() => FreshValues) | undefined;
  #unused: UnusedOptions;
  readonly #supplied = new Map<OptionDeclaration, OptionValue>();
  #configFiles: readonly string[];
  /** In a child: the values at its start, and the newest; a class is looked up in them when it is first read. */
  #states: { readonly first: ConfigurationState; readonly newest: ConfigurationState } | undefined;

  /** @internal use `loadConfiguration` or `Configuration.fromState` */
  constructor(parts: ConfigurationParts) {
    this.program = parts.program;
    this.version = parts.version;
    this.argv = parts.argv;
    this.warnings = parts.warnings ?? [];
    this.notices = parts.notices ?? [];
    this.sourcePaths = parts.sourcePaths ?? { files: [], directories: [], searched: [] };
    this.#configFiles = parts.configFiles;
    this.#read = parts.read;
    this.#states = parts.state && { first: parts.state, newest: parts.state };
    this.#store = new OptionStore(parts.table);
    for (const [option, value] of parts.values) this.#store.set(option, value);
    this.#unused = parts.unused ?? new Map();
    this.#deferFaults(this.#unused);
  }

  /** The files that were read, in order. */
  get configFiles(): readonly string[] {
    return this.#configFiles;
  }

  /**
   * The options of a class: typed, read-only, and live: a mutable option shows its new value after a reload. Reading a
   * faulty option throws `ConfigurationError` if the option was not checked at the start because the program was not
   * known to use it.
   */
  get<T extends object>(groupClass: OptionGroupClass<T>): T {
    this.#adopt(declarationOf(groupClass));
    return this.#store.view(groupClass);
  }

  /**
   * The file or folder that a value names, or undefined if it is not found. A relative path is looked for in the
   * configuration directories, then next to the configuration files, the last one first, and then in the places of
   * default files: oslo.config's `find_file`. The working directory is not searched.
   */
  findFile(path: string): string | undefined {
    const { directories, searched } = this.sourcePaths;
    const beside = this.configFiles.toReversed().map((file) => dirname(file));
    const folders = isAbsolute(path) ? ['/'] : [...new Set([...directories, ...beside, ...searched])];
    return folders.map((folder) => resolve(folder, path)).find((file) => existsSync(file));
  }

  /** All options with their current values. */
  entries(): readonly { readonly option: OptionDeclaration; readonly value: OptionValue }[] {
    return this.#store.table.options.map((option) => ({ option, value: this.#store.valueOf(option) }));
  }

  /**
   * Gives an option that no source sets (unset, or an empty list) a value that the program made itself, such as a
   * generated key. A value that a source sets stays; a supplied one survives reloads. Throws TypeError for an unknown
   * option.
   */
  supply(group: string, name: string, value: OptionValue): void {
    const option = this.#store.table.options.find((known) => known.group === group && known.name === name);
    if (option === undefined) throw new TypeError(`no option ${group}.${name}`);
    if (!isUnset(this.#store.valueOf(option))) return;
    this.#supplied.set(option, freezeValue(value));
    this.#store.set(option, freezeValue(value));
  }

  /** Calls `hook` with the changes of each reload that changed something; returns a function that removes the hook. */
  onMutate(hook: MutateHook): () => void {
    // A function registered twice must be called twice, and each registration must be removable.
    const own: MutateHook = (changes) => hook(changes);
    this.#hooks.add(own);
    return () => {
      this.#hooks.delete(own);
    };
  }

  /**
   * Reads and checks all sources again. All or nothing: if there is any fault, the running values stay. In a child
   * process use `applyState` with the parent's `exportState()`, so that all workers have the same values.
   */
  reload(): ReloadResult {
    if (this.#read === undefined) throw new TypeError('a configuration made from a state is changed by applyState()');
    const fresh = this.#read();
    if (fresh.faults.length > 0) return { ...nothing, faults: fresh.faults, warnings: fresh.warnings };
    this.#configFiles = fresh.configFiles;
    this.#unused = fresh.unused;
    this.#deferFaults(fresh.unused);
    return { ...nothing, warnings: fresh.warnings, ...this.#apply(fresh.values) };
  }

  /** The changes that `reload` would make now, without making them. */
  preview(): ReloadResult {
    if (this.#read === undefined) throw new TypeError('a configuration made from a state has no sources to read');
    const fresh = this.#read();
    if (fresh.faults.length > 0) return { ...nothing, faults: fresh.faults, warnings: fresh.warnings };
    return { ...nothing, warnings: fresh.warnings, ...this.#differences(fresh.values) };
  }

  /** Applies the mutable values of another process's state. */
  applyState(state: ConfigurationState): ReloadResult {
    this.#configFiles = state.configFiles;
    if (this.#states !== undefined) this.#states = { first: this.#states.first, newest: state };
    return { ...nothing, ...this.#apply(valuesOfState(this.#store.table, state)) };
  }

  /** All values, secrets included, as JSON for a child process. */
  exportState(): ConfigurationState {
    if (this.#states !== undefined) return this.#states.newest;
    const values: Record<string, Record<string, OptionValue>> = {};
    for (const { option, value } of this.entries()) {
      if (value !== undefined) (values[option.group] ??= {})[option.name] = value;
    }
    const { program, version, argv, configFiles, sourcePaths } = this;
    const groups = this.#store.table.groups.map(({ className }) => className);
    return { program, version, argv, configFiles, sourcePaths, groups, values };
  }

  /**
   * The configuration of a child process, for the classes that the parent has. The parent has already checked the
   * state.
   */
  static fromState(state: ConfigurationState): Configuration {
    return new Configuration({ ...state, table: new OptionTable([]), values: new Map(), state });
  }

  /** Writes all values as oslo.config's `log_opt_values` does, secrets masked. */
  logOptionValues(write: (line: string) => void): void {
    logOptionValues({ argv: this.argv, configFiles: this.configFiles, entries: this.entries() }, write);
  }

  #adopt(declaration: GroupDeclaration): void {
    const { table } = this.#store;
    const states = this.#states;
    if (states === undefined || table.groups.includes(declaration)) return;
    if (!states.first.groups.includes(declaration.className)) return;
    table.add(declaration);
    for (const option of declaration.options) {
      const { values } = option.mutable === true ? states.newest : states.first;
      this.#store.set(option, freezeValue(values[option.group]?.[option.name]));
    }
  }

  #deferFaults(unused: UnusedOptions): void {
    this.#store.deferFaults(new Map([...unused].filter(([, faults]) => faults.length > 0)));
  }

  // Differences in another program's options are not relevant here.
  #differences(values: ReadonlyMap<OptionDeclaration, OptionValue>): Pick<ReloadResult, 'changes' | 'ignored'> {
    const all = [...values].flatMap(([option, readValue]): OptionChange[] => {
      const newValue = isUnset(readValue) ? (this.#supplied.get(option) ?? readValue) : readValue;
      const oldValue = this.#store.valueOf(option);
      return this.#unused.has(option) || sameValue(oldValue, newValue) ? [] : [{ option, oldValue, newValue }];
    });
    return {
      changes: all.filter(({ option }) => option.mutable === true),
      ignored: all.filter(({ option }) => option.mutable !== true),
    };
  }

  #apply(
    values: ReadonlyMap<OptionDeclaration, OptionValue>,
  ): Pick<ReloadResult, 'changes' | 'ignored' | 'hookErrors'> {
    const { changes, ignored } = this.#differences(values);
    for (const { option, newValue } of changes) this.#store.set(option, newValue);
    const hookErrors: unknown[] = [];
    if (changes.length > 0) {
      for (const hook of this.#hooks) {
        try {
          hook(changes);
        } catch (error) {
          hookErrors.push(error);
        }
      }
    }
    return { changes, ignored, hookErrors };
  }
}

const nothing: ReloadResult = { faults: [], changes: [], ignored: [], warnings: [], hookErrors: [] };

function isUnset(value: OptionValue): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function valuesOfState(table: OptionTable, state: ConfigurationState): Map<OptionDeclaration, OptionValue> {
  const values = new Map<OptionDeclaration, OptionValue>();
  for (const option of table.options) values.set(option, freezeValue(state.values[option.group]?.[option.name]));
  return values;
}
