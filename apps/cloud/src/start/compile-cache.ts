import { existsSync, mkdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const WRITABLE_BY_OTHERS = 0o022;

/**
 * The variable with which Node (22.1 and later; older ones ignore it) keeps compiled code for the next start: below
 * XDG_CACHE_HOME, otherwise ~/.cache. Anyone who can write there can run code in the cloud, so a folder of another user
 * is not used. Empty if the variable is already set, or if nothing can be stored.
 */
export function compileCacheVariable(environment: Environment): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE: given, NODE_DISABLE_COMPILE_CACHE: off, XDG_CACHE_HOME: cache, HOME: home } = environment;
  if (given !== undefined || off !== undefined) return {};
  const base = cache !== undefined && isAbsolute(cache) ? cache : home && existsSync(home) ? join(home, '.cache') : '';
  if (base === '') return {};
  const folder = join(base, 'albireo', 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    const isOurs = uid === (process.getuid?.() ?? userInfo().uid) && (mode & WRITABLE_BY_OTHERS) === 0;
    return isOurs ? { NODE_COMPILE_CACHE: folder } : {};
  } catch {
    // The home directory is not writable: every start compiles again.
    return {};
  }
}
