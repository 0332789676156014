import { join } from 'node:path';
import type { ConfigurationFault } from '../errors.js';
import type { OptionTable } from '../option-table.js';
import type { CommandLine } from './command-line.js';
import { parseCommandLine } from './command-line.js';
import { environmentLayer } from './environment.js';
import { readFileLayers } from './file-layers.js';
import type { SettingsLayer } from './setting.js';
import { statSync } from 'node:fs';

export interface SourceInput {
  readonly program: string;
  /** In file names and search paths; the program's name unless set. */
  readonly project?: string | undefined;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In place of `~/.<project>`, `~`, `/etc/<project>`, `/etc`. */
  readonly searchPath?: readonly string[] | undefined;
}

/** All settings that were read, the weakest layer first: files, directories, environment, command line. */
export interface SourceSet {
  readonly files: readonly string[];
  readonly layers: readonly SettingsLayer[];
  readonly faults: readonly ConfigurationFault[];
  /** For the log: places that this user has no permission to search. */
  readonly warnings: readonly string[];
  readonly commandLine: CommandLine;
  /** Files and directories that were requested or found, for watchers; and where defaults are searched. */
  readonly paths: {
    readonly files: readonly string[];
    readonly directories: readonly string[];
    readonly searched: readonly string[];
  };
}

/** Reads every source; read faults are collected, not thrown. Throws `UsageError` for the command line. */
export function readSources(input: SourceInput, table: OptionTable): SourceSet {
  const { program, project = program } = input;
  const commandLine = parseCommandLine(input.argv, table);
  const directories = input.searchPath ?? searchDirectories(project, input.env['HOME']);
  const search = { project, program, directories };
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
    paths: { files, directories: dirs, searched: directories },
  };
}

// neutron's wording, and the paths that were searched.
function describeSearch({ configDirs }: CommandLine, { project, program, directories }: SearchInput): string {
  const prefixes = [...new Set([project, program])];
  const files = prefixes.map((prefix) => `${prefix}.conf`).join(', ');
  const names =
    configDirs.length > 0
      ? `${files} there; *.conf in ${configDirs.join(', ')}`
      : [files, ...prefixes.map((prefix) => `${prefix}.conf.d/*.conf`)].join(', ');
  return (
    'Unable to find configuration file via the default search paths ' +
    `(${directories.join(', ')}) and the '--config-file' option! Searched for ${names}`
  );
}

/** `~/x` is below the user's home even if no shell has replaced it, as in `--config-file=~/x`. */
function underHome(path: string, home: string | undefined): string {
  return path.startsWith('~/') && home !== undefined && home !== '' ? join(home, path.slice(2)) : path;
}

/** The input of the search for default files and directories. */
interface SearchInput {
  readonly project: string;
  readonly program: string;
  readonly directories: readonly string[];
}

/** The result of the search; `denied` are the paths whose directory this user has no permission to read. */
interface Found {
  readonly paths: readonly string[];
  readonly denied: readonly string[];
}

/** Where oslo.config looks: `~/.<project>`, `~`, `/etc/<project>`, `/etc`. */
function searchDirectories(project: string, home: string | undefined): readonly string[] {
  const own = home === undefined || home === '' ? [] : [join(home, `.${project}`), home];
  return [...own, join('/etc', project), '/etc'];
}

/** At most one `<project>.conf` and one `<program>.conf`, each from the first directory that has it. */
function findDefaultFiles({ project, program, directories }: SearchInput): Found {
  return firstOfEach([`${project}.conf`, `${program}.conf`], directories, 'file');
}

/** At most one `<project>.conf.d` and one `<program>.conf.d`. */
function findDefaultDirectories({ project, program, directories }: SearchInput): Found {
  return firstOfEach([`${project}.conf.d`, `${program}.conf.d`], directories, 'directory');
}

function firstOfEach(names: readonly string[], directories: readonly string[], wanted: 'file' | 'directory'): Found {
  const denied: string[] = [];
  const paths = [...new Set(names)].flatMap((name) => {
    for (const directory of directories) {
      const path = join(directory, name);
      const kind = kindOf(path);
      if (kind === wanted) return [path];
      if (kind === 'denied') denied.push(path);
    }
    return [];
  });
  return { paths, denied };
}

function kindOf(path: string): 'file' | 'directory' | 'denied' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return isDenied ? 'denied' : undefined;
  }
}
