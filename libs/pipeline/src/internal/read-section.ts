import type { Origin } from '../pipeline.errors.js';
import { PipelineError } from '../pipeline.errors.js';
import type { Settings } from '../pipeline.js';
import type { IniFile, IniValue, Section } from './ini-file.js';

export type Kind = 'app' | 'filter';

const PREFIXES: Readonly<Record<Kind, readonly string[]>> = {
  app: ['app', 'application', 'composite', 'composit', 'pipeline', 'filter-app'],
  filter: ['filter'],
};

/** A section as its factory sees it. */
export interface SectionSettings {
  readonly local: Map<string, IniValue>;
  /** The globals of the section, which it passes on to the sections that it uses. */
  readonly globals: Settings;
  /** The globals that the section itself sets. */
  readonly additions: Settings;
}

export function sectionPrefix(section: Section): string {
  return section.name.split(':', 1)[0] ?? '';
}

/** `[app:x]` and `[app: x]` are called x, `[app]` is called main. */
function sectionSuffix(section: Section): string {
  const prefix = sectionPrefix(section);
  return section.name === prefix ? 'main' : section.name.slice(prefix.length + 1).trim();
}

/** Names of everything in the file that can be loaded as an app. */
export function appNames(ini: IniFile): string[] {
  return [...ini.sections].filter((section) => PREFIXES.app.includes(sectionPrefix(section))).map(sectionSuffix);
}

/** Finds `[app:NAME]`, `[pipeline:NAME]` and so on; a section without a name is called `main`. */
export function findSection(ini: IniFile, kind: Kind, name: string, askedAt: Origin): Section {
  const wanted = PREFIXES[kind];
  const found = [...ini.sections].filter(
    (section) => wanted.includes(sectionPrefix(section)) && sectionSuffix(section) === name,
  );
  const [first, second] = found;
  if (first === undefined) {
    const place = ini.file === askedAt.file ? '' : ` in ${ini.file}`;
    const sections = wanted.map((prefix) => `[${prefix}:${name}]`).join(', ');
    throw new PipelineError(
      'PasteSectionNotFound',
      askedAt,
      `no ${kind} "${name}"${place}: expected one of ${sections}`,
    );
  }
  if (second !== undefined) {
    const where = { file: ini.file, line: second.line };
    throw new PipelineError('PasteSyntax', where, `[${second.name}] is also [${first.name}] at line ${first.line}`);
  }
  return first;
}

/** Sorts a section's options into its own settings and changes of the globals (`set`, `get`). */
export function readSection(ini: IniFile, section: Section, inherited: Settings): SectionSettings {
  const defaults = ini.defaults();
  const additions: Record<string, string> = {};
  const local = new Map<string, IniValue>();
  const copies: { readonly to: string; readonly from: IniValue }[] = [];
  for (const [key, option] of ini.options(section)) {
    if (key.startsWith('set ')) additions[key.slice(4).trim()] = option.value;
    else if (key.startsWith('get ')) copies.push({ to: key.slice(4).trim(), from: option });
    // A peculiarity of paste: an option that [DEFAULT] also has is not the section's, not even with another value.
    else if (!Object.hasOwn(defaults, key)) local.set(key, option);
  }
  const globals: Settings = { ...defaults, ...inherited, ...additions };
  for (const { to, from } of copies) {
    const value = Object.hasOwn(globals, from.value) ? globals[from.value] : undefined;
    if (value === undefined) {
      const where = { file: ini.file, line: from.line };
      throw new PipelineError('InvalidSetting', where, `get ${to} = ${from.value}: nothing sets "${from.value}"`);
    }
    local.set(to, { value, line: from.line });
  }
  // Names a required Python package; this product has none.
  local.delete('require');
  return { local, globals, additions };
}

/** Removes an option from a section's settings and returns it. */
export function take(local: Map<string, IniValue>, key: string): IniValue | undefined {
  const option = local.get(key);
  local.delete(key);
  return option;
}
