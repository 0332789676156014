import { join } from 'node:path';
import type { ConfigurationFault } from '../fault.js';
import type { OptionTable } from '../option-table.js';
import type { CommandLine } from './command-line.js';
import { parseCommandLine } from './command-line.js';
import { environmentLayer } from './environment.js';
import { readFileLayers } from './file-layers.js';
import type { Found, SearchInput } from './file-search.js';
import { findDefaultDirectories, findDefaultFiles, searchDirectories } from './file-search.js';
import type { SettingsLayer } from './settings-layer.js';

/** Name of the product in file names and search paths. */
const project = 'albireo';

export interface SourceInput {
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In place of `~/.albireo`, `~`, `/etc/albireo`, `/etc`. */
  readonly searchPath?: readonly string[] | undefined;
}

/** All that was read, the weakest layer first: files, directories, environment, command line. */
export interface SourceSet {
  readonly files: readonly string[];
  readonly layers: readonly SettingsLayer[];
  readonly faults: readonly ConfigurationFault[];
  /** For the log: places that this user may not search. */
  readonly warnings: readonly string[];
  readonly commandLine: CommandLine;
  /** Files and directories that were asked for or found, for those who watch them. */
  readonly paths: { readonly files: readonly string[]; readonly directories: readonly string[] };
}

/** Reads every source; faults of reading are collected, not thrown. Throws `UsageError` for the command line. */
export function readSources(input: SourceInput, table: OptionTable): SourceSet {
  const commandLine = parseCommandLine(input.argv, table);
  const directories = input.searchPath ?? searchDirectories(project, input.env['HOME']);
  const search = { project, program: input.program, directories };
  const given = (paths: readonly string[]): Found | undefined =>
    paths.length === 0 ? undefined : { paths: paths.map((path) => underHome(path, input.env['HOME'])), denied: [] };
  const foundFiles = given(commandLine.configFiles) ?? findDefaultFiles(search);
  const foundDirectories = given(commandLine.configDirs) ?? findDefaultDirectories(search);
  const [files, dirs] = [foundFiles.paths, foundDirectories.paths];

  const read = readFileLayers(files, dirs);
  const faults = [...read.faults];
  if (commandLine.requireConfig && read.layers.length === 0 && read.faults.length === 0) {
    faults.push({ code: 'file_not_found', message: describeSearch(commandLine, search) });
  }
  return {
    files: read.layers.map((layer) => layer.name),
    layers: [...read.layers, environmentLayer(input.env), commandLine.layer],
    faults,
    warnings: [...foundFiles.denied, ...foundDirectories.denied].map(
      (path) => `${path}: not searched for: permission denied`,
    ),
    commandLine,
    paths: { files, directories: dirs },
  };
}

function describeSearch({ configDirs }: CommandLine, { program, directories }: SearchInput): string {
  const files = `${project}.conf, ${program}.conf`;
  const places =
    configDirs.length > 0
      ? `${files} in ${directories.join(', ')}; *.conf in ${configDirs.join(', ')}`
      : `${files}, ${project}.conf.d/*.conf, ${program}.conf.d/*.conf in ${directories.join(', ')}`;
  return `no configuration file was found: searched for ${places}; name one with --config-file`;
}

/** `~/x` is below the user's home also where no shell has replaced it, as in `--config-file=~/x`. */
function underHome(path: string, home: string | undefined): string {
  return path.startsWith('~/') && home !== undefined && home !== '' ? join(home, path.slice(2)) : path;
}
