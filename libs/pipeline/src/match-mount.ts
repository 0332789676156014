import { normalPath } from './normal-path.js';
import type { Mount, Pipeline } from './pipeline.js';

export interface MountMatch {
  readonly mount: Mount;
  /** What the prefix took from the path: paste's SCRIPT_NAME. */
  readonly scriptName: string;
  /** What is left for the app, '' or from a slash on: paste's PATH_INFO. */
  readonly pathInfo: string;
}

/** Finds the mount that answers a path (without query), in whatever spelling (see `normalPath`). */
export function matchMount(pipeline: Pipeline, path: string): MountMatch | undefined {
  const normal = normalPath(path);
  if (normal === undefined) return undefined;
  const mount = pipeline.mounts.find((one) => takesPath(one, normal));
  if (mount === undefined) return undefined;
  return { mount, scriptName: mount.prefix, pathInfo: normal.slice(mount.prefix.length) };
}

/** Whether a mount answers a path that `normalPath` has made. */
export function takesPath({ prefix, needsMore }: Pick<Mount, 'prefix' | 'needsMore'>, normal: string): boolean {
  if (!normal.startsWith(prefix)) return false;
  const more = normal.length - prefix.length;
  return (more === 0 || normal.charCodeAt(prefix.length) === 0x2f) && (!needsMore || more > 1);
}
