import { existsSync, mkdirSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const WRITABLE_BY_OTHERS = 0o022;

/**
 * The variable by which Node (22.1 and later; older ones pass over it) keeps what it has compiled for the next start:
 * below XDG_CACHE_HOME, else ~/.cache. Who can write there can run code in the cloud, so that a folder of others is not
 * used. None where the variable is set already, or where nothing can be kept.
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
    // A home that cannot be written to: every start compiles for itself.
    return {};
  }
}
