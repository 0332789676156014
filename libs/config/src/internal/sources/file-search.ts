import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the search of default files and directories needs to know. */
export interface SearchInput {
  readonly program: string;
  readonly directories: readonly string[];
}

/** Where oslo.config looks: `~/.<project>`, `~`, `/etc/<project>`, `/etc`. */
export function searchDirectories(project: string, home: string | undefined): readonly string[] {
  const own = home === undefined || home === '' ? [] : [join(home, `.${project}`), home];
  return [...own, join('/etc', project), '/etc'];
}

const isDirectory = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
const isFile = (path: string): boolean => existsSync(path) && !statSync(path).isDirectory();

/** At most one `<project>.conf` and one `<program>.conf`, each from the first directory that has it. */
export function findDefaultFiles(project: string, { program, directories }: SearchInput): readonly string[] {
  return firstOfEach([`${project}.conf`, `${program}.conf`], directories, isFile);
}

/** At most one `<project>.conf.d` and one `<program>.conf.d`. */
export function findDefaultDirectories(project: string, { program, directories }: SearchInput): readonly string[] {
  return firstOfEach([`${project}.conf.d`, `${program}.conf.d`], directories, isDirectory);
}

function firstOfEach(
  names: readonly string[],
  directories: readonly string[],
  fits: (path: string) => boolean,
): readonly string[] {
  return [...new Set(names)].flatMap((name) => {
    const found = directories.map((directory) => join(directory, name)).find(fits);
    return found === undefined ? [] : [found];
  });
}
