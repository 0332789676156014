import type { OptionDeclaration } from '../internal/declaration.js';
import { namesOf } from '../internal/option-table.js';
import type { OptionValue } from '../internal/option-value.js';
import { flagOf } from '../internal/sources/command-line.js';
import { variableOf } from '../internal/sources/environment.js';
import { valueLines } from '../internal/types/list-type.js';
import type { ProgramDeclaration } from '../program-declaration.js';
import { notesOfPrograms } from './program-notes.js';

/** The facts about an option in the sample file and the reference page. */
export interface OptionFacts {
  readonly option: OptionDeclaration;
  /** Texts of the default, one per line of a file; empty when the option is unset. */
  readonly defaultLines: readonly string[];
  /** The default depends on the machine: its text is not a value. */
  readonly isComputed: boolean;
  readonly notes: readonly string[];
  readonly variable: string;
  readonly flag: string | undefined;
}

export function factsOf(option: OptionDeclaration, programs: readonly ProgramDeclaration[] = []): OptionFacts {
  const { sampleDefault } = option;
  // Called without an environment: a page must not depend on the machine on which it is generated.
  const value: OptionValue = typeof option.default === 'function' ? option.default({ env: {} }) : option.default;
  const defaultLines = sampleDefault === undefined ? valueLines(option.type, value) : [sampleDefault];
  const isComputed = sampleDefault !== undefined;
  return {
    option,
    defaultLines,
    isComputed,
    notes: [...notesOf(option), ...notesOfPrograms(option, programs)],
    variable: variableOf(option.group, option.name),
    flag: option.cli === true ? flagOf(option) : undefined,
  };
}

function notesOf(option: OptionDeclaration): readonly string[] {
  const notes: string[] = [];
  if (option.required === true) notes.push('Required.');
  if (option.half === 'api') notes.push('Used by the gateway only.');
  if (option.half === 'rpc') notes.push('Used by the worker only.');
  if (option.mutable === true) notes.push('Can be changed while the program runs.');
  if (option.secret === true) notes.push('Secret: shown as **** everywhere.');
  for (const { group, name, deprecated } of namesOf(option).slice(1)) {
    notes.push(`${deprecated ? 'Old name' : 'Other name'}: [${group}] ${name}.`);
  }
  const removal = option.deprecatedForRemoval;
  if (removal !== undefined) notes.push(`Deprecated since ${removal.since}: ${removal.reason}`);
  return notes;
}
