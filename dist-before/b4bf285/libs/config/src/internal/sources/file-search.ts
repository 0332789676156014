import { statSync } from 'node:fs';
import { join } from 'node:path';

/** What the search of default files and directories needs to know. */
export interface SearchInput {
  readonly project: string;
  readonly program: string;
  readonly directories: readonly string[];
}

/** What the search found; `denied` are the paths whose directory this user may not look into. */
export interface Found {
  readonly paths: readonly string[];
  readonly denied: readonly string[];
}

/** Where oslo.config looks: `~/.<project>`, `~`, `/etc/<project>`, `/etc`. */
export function searchDirectories(project: string, home: string | undefined): readonly string[] {
  const own = home === undefined || home === '' ? [] : [join(home, `.${project}`), home];
  return [...own, join('/etc', project), '/etc'];
}

/** At most one `<project>.conf` and one `<program>.conf`, each from the first directory that has it. */
export function findDefaultFiles({ project, program, directories }: SearchInput): Found {
  return firstOfEach([`${project}.conf`, `${program}.conf`], directories, 'file');
}

/** At most one `<project>.conf.d` and one `<program>.conf.d`. */
export function findDefaultDirectories({ project, program, directories }: SearchInput): Found {
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
