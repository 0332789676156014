import { existsSync } from 'node:fs';
import { Configuration } from './configuration.js';
import type { Half, OptionGroupClass } from './internal/declaration.js';
import { declarationOf } from './internal/declaration-registry.js';
import { ConfigurationError, HelpRequested, VersionRequested } from './internal/errors.js';
import type { ConfigurationFault } from './internal/errors.js';
import type { Evaluation } from './internal/evaluate.js';
import { evaluate } from './internal/evaluate.js';
import { helpText } from './internal/help-text.js';
import { OptionTable } from './internal/option-table.js';
import type { Requirement } from './internal/requirement.js';
import type { ProgramDefaults, ResolverInput } from './internal/resolver.js';
import type { SourceSet } from './internal/sources/source-set.js';
import { readSources } from './internal/sources/source-set.js';
import type { ForeignOptions } from './internal/unknown-options.js';

/** A program, its options, and the environment from which its options are read. */
export interface LoadInput {
  /** Name of the program, as in `bin`. */
  readonly program: string;
  readonly version: string;
  /** Without the interpreter and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly groups: readonly OptionGroupClass[];
  /** This program's defaults, which override those of the declarations. */
  readonly defaults?: ProgramDefaults;
  /** The options without which this program does not start, as `DEFAULT.transport_url`. */
  readonly required?: readonly Requirement[];
  /**
   * The halves that the program runs, all unless set: values of their options, and of the options that both halves use,
   * are checked now. The others are checked when they are read, so that a program does not report faults in options
   * that it does not use.
   */
  readonly halves?: readonly Half[];
  /** One sentence for `--help`. */
  readonly summary?: string;
  /** Name of its files and directories, as `/etc/<project>/<project>.conf`. Programs of one product share it. @default `program` */
  readonly project?: string;
  /** Options of other products that the files may contain: they are no faults, and have no effect. */
  readonly foreign?: ForeignOptions;
  /**
   * Groups whose names are values of options, made by `groupNamed`. `textOf` reads the final text of an option from the
   * sources, before any option is checked.
   */
  readonly namedGroups?: (textOf: (group: string, name: string) => string | undefined) => readonly OptionGroupClass[];
  /** Directories of default files, in place of `~/.<project>`, `~`, `/etc/<project>`, `/etc`. */
  readonly searchPath?: readonly string[];
}

/**
 * Reads defaults, files, directories, environment and command line, each overriding those before it, and checks every
 * value. Throws `ConfigurationError` with all the faults, `UsageError`, `HelpRequested`, `VersionRequested`.
 */
export function loadConfiguration(input: LoadInput): Configuration {
  const table = new OptionTable(input.groups);
  const { sources, evaluation } = inspectSources(input, table);
  const faults = [...sources.faults, ...evaluation.faults];
  if (faults.length > 0) throw new ConfigurationError(faults);
  return new Configuration({
    program: input.program,
    version: input.version,
    argv: input.argv,
    configFiles: sources.files,
    sourcePaths: sources.paths,
    table,
    values: plainValues(evaluation),
    warnings: [...sources.warnings, ...evaluation.warnings],
    notices: evaluation.notices,
    unused: evaluation.unused,
    read: () => {
      const fresh = inspectSources(input, table);
      return {
        faults: [...gone(sources, fresh.sources), ...fresh.sources.faults, ...fresh.evaluation.faults],
        warnings: fresh.evaluation.warnings,
        configFiles: fresh.sources.files,
        values: plainValues(fresh.evaluation),
        unused: fresh.evaluation.unused,
      };
    },
  });
}

/**
 * Default files and directories that were found at the start and no longer exist: a reload would silently use the
 * defaults instead of their values. Those that a flag names are reported when they are read.
 */
function gone({ paths }: SourceSet, fresh: SourceSet): readonly ConfigurationFault[] {
  const told = new Set(fresh.faults.map(({ where }) => where));
  return [...paths.files, ...paths.directories]
    .filter((path) => !told.has(path) && !existsSync(path))
    .map((where) => ({ code: 'file_not_found', where, message: 'it was read at the start and is gone' }));
}

/** All sources that were read and their values, including faults. */
export interface Inspection {
  readonly table: OptionTable;
  readonly sources: SourceSet;
  readonly resolverInput: ResolverInput;
  readonly evaluation: Evaluation;
}

/**
 * Reads and checks the sources without throwing for faults. Throws `UsageError` for the command line.
 *
 * @internal used by `loadConfiguration` and the functions below `inspect/`
 */
export function inspectSources(input: LoadInput, table = new OptionTable(input.groups)): Inspection {
  const sources = readSources(input, table);
  if (sources.commandLine.help) throw new HelpRequested(helpText(input.program, input.summary, table));
  if (sources.commandLine.version) throw new VersionRequested(`${input.program} ${input.version}`);
  const textOf = (group: string, name: string): string | undefined =>
    sources.layers.flatMap((layer) => layer.find(group, name)).at(-1)?.text;
  for (const named of (input.namedGroups?.(textOf) ?? []).map((groupClass) => declarationOf(groupClass))) {
    if (!table.groups.includes(named)) table.add(named);
  }
  const resolverInput: ResolverInput = {
    table,
    layers: sources.layers,
    defaults: input.defaults ?? {},
    context: { env: input.env },
  };
  const evaluation = evaluate({
    ...resolverInput,
    required: input.required ?? [],
    halves: input.halves ?? ['api', 'rpc'],
    program: input.program,
    ...(input.foreign && { foreign: input.foreign }),
  });
  return { table, sources, resolverInput, evaluation };
}

const plainValues = ({ values }: Evaluation) =>
  new Map([...values].map(([option, { value }]) => [option, value] as const));
