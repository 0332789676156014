import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory that an option names, and its missing parents; does nothing if it exists. Throws mkdir(2)'s error.
 * Node's own recursive form never ends on a file system where nothing can be created, such as /proc.
 * @param mode of each directory made; @default 0o777 without the umask
 */
export function makeDirectory(path: string, mode?: number): void {
  const absent: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) absent.unshift(at);
  if (absent.length === 0 && !statSync(path).isDirectory()) absent.push(path);
  for (const at of absent) {
    try {
      mkdirSync(at, mode);
    } catch (error) {
      // Another process made it first.
      if (!existsSync(at) || !statSync(at).isDirectory()) throw error;
    }
  }
}
