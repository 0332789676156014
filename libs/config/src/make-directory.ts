import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory that an option names, with those above it that are absent; nothing where it is there. Throws what
 * mkdir(2) says. Node's own recursive form never ends where a file system lets nobody make anything, as /proc does.
 * @param mode of each that is made; @default 0o777 without the umask
 */
export function makeDirectory(path: string, mode?: number): void {
  const absent: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) absent.unshift(at);
  if (absent.length === 0 && !statSync(path).isDirectory()) absent.push(path);
  for (const at of absent) {
    try {
      mkdirSync(at, mode);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(at) || !statSync(at).isDirectory()) throw error;
    }
  }
}
