import type { Command } from 'commander';
import {
  ConfigurationError,
  UsageError,
  allOptionGroups,
  findProgram,
  formatFault,
  loadInspection,
  productSources,
  productVersion,
  programs,
} from '#libs/options';
import type { ConfigurationInspection, LoadInput } from '#libs/config';
import { configurationArguments } from '../global-options.js';

export interface InspectionInput extends LoadInput {
  /** The flags without `--config-file`. */
  readonly argvWithoutFiles: readonly string[];
}

/** The input of the program named by `--program`. Throws UsageError for an unknown program. */
export function inspectionInput(command: Command): InspectionInput {
  const { program: name = 'albireo-server' } = command.opts<{ program?: string }>();
  const given = configurationArguments(command);
  const program = findProgram(name);
  if (program === undefined) {
    throw new UsageError(`--program: expected one of ${programs.map((known) => known.name).join(', ')}, found ${name}`);
  }
  const { summary, halves, defaults, required } = program;
  return {
    ...productSources,
    program: name,
    summary,
    halves,
    defaults,
    required,
    version: productVersion(),
    argv: [...given.files, ...given.others],
    argvWithoutFiles: given.others,
    env: process.env,
    groups: allOptionGroups,
  };
}

/** Runs a command that inspects a configuration which may be faulty; each mistake of the user is one line. */
export async function runInspection(
  command: Command,
  body: (input: InspectionInput, inspection: ConfigurationInspection) => number,
): Promise<void> {
  const inspection = await loadInspection();
  try {
    process.exitCode = body(inspectionInput(command), inspection);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      for (const fault of error.faults) process.stderr.write(`albireo-manage: error: ${formatFault(fault)}\n`);
      process.exitCode = 1;
    } else if (error instanceof UsageError) {
      process.stderr.write(`albireo-manage: error: ${error.message}\n`);
      process.exitCode = 2;
    } else throw error;
  }
}
