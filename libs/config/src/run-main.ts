import type { Configuration } from './configuration.js';
import type { Half, OptionGroupClass } from './internal/declaration.js';
import { ConfigurationError, HelpRequested, StartError, UsageError, VersionRequested } from './internal/errors.js';
import { formatFault } from './internal/errors.js';
import type { Requirement } from './internal/requirement.js';
import type { ProgramDefaults } from './internal/resolver.js';
import type { ForeignOptions } from './internal/unknown-options.js';
import { loadConfiguration } from './load-configuration.js';

/** The name of a program and its options. */
export interface ProgramDescription {
  readonly name: string;
  readonly version: string;
  readonly groups: readonly OptionGroupClass[];
  /** The project whose files it reads, as `/etc/<project>`; its own name unless set. */
  readonly project?: string;
  /** One sentence for `--help`. */
  readonly summary?: string;
  /** Options of other products that its files may contain. */
  readonly foreign?: ForeignOptions;
  readonly defaults?: ProgramDefaults;
  readonly required?: readonly Requirement[];
  /** Both, unless set. */
  readonly halves?: readonly Half[];
}

/** The parts of the process that `runMain` uses; replaced in tests. */
export interface ProcessSurroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly exit: (code: number) => void;
}

const ownProcess = (): ProcessSurroundings => ({
  argv: process.argv.slice(2),
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  exit: (code) => process.exit(code),
});

/**
 * The frame of every program: reads the configuration, runs `main` and ends the process with its exit code. Each
 * mistake of the user is printed as one line, without a stack: exit code 2 for the command line, 1 for the rest.
 */
export async function runMain(
  description: ProgramDescription,
  main: (config: Configuration) => Promise<number>,
  surroundings: ProcessSurroundings = ownProcess(),
): Promise<void> {
  const { argv, env } = surroundings;
  try {
    const { name, ...rest } = description;
    const config = loadConfiguration({ ...rest, program: name, argv, env });
    surroundings.exit(await main(config));
  } catch (error) {
    surroundings.exit(report(description.name, error, surroundings));
  }
}

function report(name: string, error: unknown, { out, err }: ProcessSurroundings): number {
  if (error instanceof HelpRequested || error instanceof VersionRequested) {
    out(error.text.endsWith('\n') ? error.text : `${error.text}\n`);
    return 0;
  }
  if (error instanceof UsageError) {
    err(`${name}: error: ${error.message} (see ${name} --help)\n`);
    return 2;
  }
  if (error instanceof ConfigurationError) {
    for (const fault of error.faults) err(`${name}: error: ${formatFault(fault)}\n`);
    return 1;
  }
  if (error instanceof StartError) {
    err(`${name}: error: ${error.message}\n`);
    return 1;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  err(`${name}: unexpected error: ${text}\n`);
  return 1;
}
