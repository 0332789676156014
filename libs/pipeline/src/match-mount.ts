import { normalPath } from './normal-path.js';
import type { Mount, Pipeline } from './pipeline.js';

export interface MountMatch {
  readonly mount: Mount;
  /** The part of the path that the prefix matched: paste's SCRIPT_NAME. */
  readonly scriptName: string;
  /** The rest of the path for the app, '' or from a slash on: paste's PATH_INFO. */
  readonly pathInfo: string;
}

/** Finds the mount for a path (without query), in any spelling (see `normalPath`). */
export function matchMount(pipeline: Pipeline, path: string): MountMatch | undefined {
  const normal = normalPath(path);
  if (normal === undefined) return undefined;
  const mount = pipeline.mounts.find((one) => takesPath(one, normal));
  if (mount === undefined) return undefined;
  return { mount, scriptName: mount.prefix, pathInfo: normal.slice(mount.prefix.length) };
}

/** Whether a mount matches a path made by `normalPath`. */
export function takesPath({ prefix, needsMore }: Pick<Mount, 'prefix' | 'needsMore'>, normal: string): boolean {
  if (!normal.startsWith(prefix)) return false;
  const more = normal.length - prefix.length;
  return (more === 0 || normal.charCodeAt(prefix.length) === 0x2f) && (!needsMore || more > 1);
}
