import type { OptionDeclaration } from '../internal/declaration.js';
import { valueLines } from '../internal/types/list-type.js';
import type { ProgramDeclaration } from '../program-declaration.js';

/** Whether a program has its own default for the option. */
export function hasProgramDefault(option: OptionDeclaration, programs: readonly ProgramDeclaration[]): boolean {
  return programs.some((program) => defaultOf(option, program) !== undefined);
}

/** Lines that list the programs with their own default for the option, and those that do not start without it. */
export function notesOfPrograms(option: OptionDeclaration, programs: readonly ProgramDeclaration[]): readonly string[] {
  const needing = programs.filter(({ required }) => required.includes(`${option.group}.${option.name}`));
  const byDefault = new Map<string, string[]>();
  for (const program of programs) {
    const text = defaultOf(option, program);
    if (text !== undefined) byDefault.set(text, [...(byDefault.get(text) ?? []), program.name]);
  }
  return [
    ...(needing.length === 0 ? [] : [`Required by ${namesOf(needing)}.`]),
    ...[...byDefault].map(([text, names]) => `Default of ${names.join(', ')}: ${text}.`),
  ];
}

const namesOf = (programs: readonly ProgramDeclaration[]): string => programs.map(({ name }) => name).join(', ');

function defaultOf(option: OptionDeclaration, { defaults }: ProgramDeclaration): string | undefined {
  const ofGroup = defaults[option.group];
  if (ofGroup === undefined || !Object.hasOwn(ofGroup, option.name)) return undefined;
  return valueLines(option.type, ofGroup[option.name]).join(', ');
}
