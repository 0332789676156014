import type { ConfigurationFault } from '../fault.js';
import type { OptionTable } from '../option-table.js';
import type { CommandLine } from './command-line.js';
import { parseCommandLine } from './command-line.js';
import { environmentLayer } from './environment.js';
import { readFileLayers } from './file-layers.js';
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
  readonly commandLine: CommandLine;
  /** Files and directories that were asked for or found, for those who watch them. */
  readonly paths: { readonly files: readonly string[]; readonly directories: readonly string[] };
}

/** Reads every source; faults of reading are collected, not thrown. Throws `UsageError` for the command line. */
export function readSources(input: SourceInput, table: OptionTable): SourceSet {
  const commandLine = parseCommandLine(input.program, input.argv, table);
  const directories = input.searchPath ?? searchDirectories(project, input.env['HOME']);
  const search = { program: input.program, directories };
  const explicitFiles = commandLine.configFiles.length > 0;
  const files = explicitFiles ? commandLine.configFiles : findDefaultFiles(project, search);
  const dirs = commandLine.configDirs.length > 0 ? commandLine.configDirs : findDefaultDirectories(project, search);

  const read = readFileLayers(files, dirs);
  const faults = [...read.faults];
  if (commandLine.requireConfig && read.layers.length === 0 && read.faults.length === 0) {
    faults.push({
      code: 'file_not_found',
      message:
        `no configuration file was found: searched for ${project}.conf and ${input.program}.conf ` +
        `in ${directories.join(', ')}; name one with --config-file`,
    });
  }
  return {
    files: read.layers.map((layer) => layer.name),
    layers: [...read.layers, environmentLayer(input.env), commandLine.layer],
    faults,
    commandLine,
    paths: { files, directories: dirs },
  };
}
