import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Configuration } from '#libs/config';

/** Where a relative path is looked for after the folders of the configuration files. */
const FALLBACKS = ['.', '/etc/albireo', '/etc'];

/**
 * A file that an option names: relative paths are searched beside the configuration files, as oslo.config's
 * `find_file`. Undefined when it is nowhere.
 */
export function besideConfiguration(path: string, config: Configuration): string | undefined {
  if (isAbsolute(path)) return existsSync(path) ? path : undefined;
  const folders = [...new Set([...config.configFiles].toReversed().map((file) => dirname(file))), ...FALLBACKS];
  return folders.map((folder) => resolve(join(folder, path))).find((file) => existsSync(file));
}
