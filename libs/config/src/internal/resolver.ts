import type { DefaultContext, OptionDeclaration } from './declaration.js';
import type { ConfigurationFault } from './errors.js';
import { interpolate } from './interpolation.js';
import { maskText } from './masking.js';
import type { OptionTable } from './option-table.js';
import { namesOf } from './option-table.js';
import type { OptionValue } from './option-value.js';
import { freezeValue } from './option-value.js';
import type { Setting, ValueLocation, SettingsLayer } from './sources/setting.js';
import { describeLocation, normalizeGroup, settingKey } from './sources/setting.js';
import { valueLines } from './types/list-type.js';
import { OptionTextError } from './types/option-type.js';

/** Defaults of a program that override those of the declarations: group, then name (`set_lib_defaults` in nova). */
export type ProgramDefaults = Readonly<Record<string, Readonly<Record<string, OptionValue>>>>;

export interface ResolvedOption {
  readonly value: OptionValue;
  readonly location: ValueLocation;
}

export interface ResolverInput {
  readonly table: OptionTable;
  /** The weakest first. */
  readonly layers: readonly SettingsLayer[];
  readonly defaults: ProgramDefaults;
  readonly context: DefaultContext;
}

/** Turns settings into values; collects the faults that it finds. */
export class OptionResolver {
  readonly faults: ConfigurationFault[] = [];
  /** For the log: references that name no option. */
  readonly warnings: string[] = [];
  /** Options without a valid value: nothing more is reported about them, nor about options that refer to them. */
  readonly #faulty = new Set<OptionDeclaration>();
  readonly #resolved = new Map<OptionDeclaration, ResolvedOption>();
  readonly #open: OptionDeclaration[] = [];
  readonly #input: ResolverInput;

  constructor(input: ResolverInput) {
    this.#input = input;
  }

  resolve(option: OptionDeclaration): ResolvedOption {
    const known = this.#resolved.get(option);
    if (known !== undefined) return known;
    this.#open.push(option);
    const resolved = this.#read(option);
    this.#open.pop();
    freezeValue(resolved.value);
    this.#resolved.set(option, resolved);
    return resolved;
  }

  /** The effective settings of the option: the last one, or all of them if it is multi-valued. */
  winners(option: OptionDeclaration): readonly Setting[] {
    const names = namesOf(option);
    const multi = option.type.multi === true;
    let collected: readonly Setting[] = [];
    for (const layer of this.#input.layers.toReversed()) {
      for (const { group, name } of names) {
        const found = layer.find(group, name);
        if (found.length === 0) continue;
        if (!multi) return found.slice(-1);
        if (layer.kind === 'environment') {
          if (collected.length === 0) return found.flatMap(splitLines);
        } else {
          // Values of all files and of the command line are combined, those of an earlier file and of old names first.
          collected = [...found, ...collected];
        }
      }
    }
    return collected;
  }

  /** The value in the absence of settings. */
  defaultOf(option: OptionDeclaration): ResolvedOption {
    const ofProgram = this.#input.defaults[option.group];
    if (ofProgram === undefined || !Object.hasOwn(ofProgram, option.name)) return this.#declaredDefaultOf(option);
    const location = { kind: 'program' } as const;
    return { value: this.#substitute(option, ofProgram[option.name], location), location };
  }

  /** The program's default, if there is one, then that of the declaration. */
  defaultsOf(option: OptionDeclaration): readonly ResolvedOption[] {
    const effective = this.defaultOf(option);
    return effective.location.kind === 'program' ? [effective, this.#declaredDefaultOf(option)] : [effective];
  }

  #declaredDefaultOf(option: OptionDeclaration): ResolvedOption {
    const value = typeof option.default === 'function' ? option.default(this.#input.context) : option.default;
    const location = { kind: 'default' } as const;
    return { value: this.#substitute(option, value, location), location };
  }

  /** Adds the fault that a value is required, unless the reason for its absence was already reported. */
  reportRequired(option: OptionDeclaration, since?: string): void {
    const { group, name } = option;
    if (this.#faulty.has(option)) return;
    const reason = since === undefined ? '' : `, since ${since}`;
    const message = `a value is required: ${option.type.allowed}${reason}`;
    this.faults.push({ code: 'required', group, option: name, message });
  }

  #read(option: OptionDeclaration): ResolvedOption {
    const settings = this.winners(option);
    const last = settings.at(-1);
    if (last === undefined) return this.defaultOf(option);
    const parsed = settings.map((setting) => this.#parse(option, setting));
    const value = option.type.multi === true ? parsed.filter((item) => item !== undefined) : parsed[0];
    if (value === undefined && !this.#faulty.has(option)) this.#checkUnset(option, last);
    return { value, location: last.location };
  }

  /** Undefined for a text that means "not set", and after a fault was reported. */
  #parse(option: OptionDeclaration, setting: Setting): OptionValue {
    const text = this.#interpolate(option, setting.text, setting.location);
    if (text === undefined) return undefined;
    try {
      const value = option.type.parse(text);
      const complaint = value === undefined ? undefined : option.check?.(value);
      if (complaint !== undefined) this.#badValue(option, setting, text, complaint);
      return value;
    } catch (error) {
      if (!(error instanceof OptionTextError)) throw error;
      const detail = error.detail === undefined || option.secret === true ? '' : ` (${error.detail})`;
      this.#badValue(option, setting, text, `expected ${option.type.allowed}${detail}`);
      return undefined;
    }
  }

  // An empty number unsets an option that may be unset; for the others, readers rely on a number.
  #checkUnset(option: OptionDeclaration, setting: Setting): void {
    if (this.defaultOf(option).value === undefined) return;
    this.#badValue(option, setting, '', `expected ${option.type.allowed}`);
  }

  /** Undefined when a value that the text refers to is not valid, or must not be shown in this one. */
  #interpolate(option: OptionDeclaration, text: string, location: ValueLocation): string | undefined {
    let isRight = true;
    const result = interpolate(text, (name) => {
      const target = this.#target(option, name);
      if (target === undefined) {
        this.#warnOfName(option, name, location);
        return undefined;
      }
      const targetText = this.#textOf(target, option, location);
      isRight &&= targetText !== undefined;
      return targetText ?? '';
    });
    if (isRight) return result;
    this.#faulty.add(option);
    return undefined;
  }

  #textOf(target: OptionDeclaration, option: OptionDeclaration, location: ValueLocation): string | undefined {
    const tell = (message: string): undefined => {
      const { group, name } = option;
      this.faults.push({ code: 'interpolation', where: describeLocation(location), group, option: name, message });
    };
    const at = this.#open.indexOf(target);
    if (at >= 0)
      return tell(`the value refers to itself: ${[...this.#open.slice(at), target].map(reference).join(' -> ')}`);
    // It would be shown unmasked, as a part of a value that is not secret.
    if (target.secret === true && option.secret !== true) {
      return tell(`the value names the secret ${reference(target)}, which only a secret option may`);
    }
    const { value } = this.resolve(target);
    return this.#faulty.has(target) ? undefined : valueLines(target.type, value).join(',');
  }

  // As in oslo.config the name stays as it is written. In a secret it may be a part of the password.
  #warnOfName(option: OptionDeclaration, name: string, location: ValueLocation): void {
    if (option.secret === true) return;
    const place = `${describeLocation(location)}: [${option.group}] ${option.name}`;
    this.warnings.push(`${place}: "$${name}" names no option and stays as it is; a dollar is written $$`);
  }

  #target(option: OptionDeclaration, name: string): OptionDeclaration | undefined {
    const { table } = this.#input;
    const dot = name.indexOf('.');
    const named =
      dot < 0 ? table.find(option.group, name) : table.find(normalizeGroup(name.slice(0, dot)), name.slice(dot + 1));
    return (named ?? table.find('DEFAULT', name))?.option;
  }

  #substitute(option: OptionDeclaration, value: OptionValue, location: ValueLocation): OptionValue {
    if (typeof value === 'string') return this.#interpolate(option, value, location);
    if (typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item: OptionValue) => this.#substitute(option, item, location));
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, part]) => [key, this.#substitute(option, part, location)]));
  }

  #badValue(option: OptionDeclaration, setting: Setting, text: string, complaint: string): void {
    this.#faulty.add(option);
    const shown = JSON.stringify(maskText(option, text));
    this.faults.push({
      code: 'bad_value',
      where: describeLocation(setting.location),
      group: setting.group,
      option: setting.name,
      message: `${complaint}, found ${shown}`,
    });
  }
}

const reference = ({ group, name }: OptionDeclaration): string => `$${settingKey(group, name)}`;

/** A variable can contain only one text: each of its lines is a value of a multi-valued option. */
function splitLines(setting: Setting): readonly Setting[] {
  return setting.text.split('\n').map((text) => ({ ...setting, text }));
}
