import type { Mount, Pipeline } from './pipeline.js';

export interface MountMatch {
  readonly mount: Mount;
  /** What the prefix took from the path: paste's SCRIPT_NAME. */
  readonly scriptName: string;
  /** What is left for the app, '' or from a slash on: paste's PATH_INFO. */
  readonly pathInfo: string;
}

/** Finds the mount that answers a path (without query); runs of slashes count as one, as in paste.urlmap. */
export function matchMount(pipeline: Pipeline, path: string): MountMatch | undefined {
  const normal = path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path;
  for (const mount of pipeline.mounts) {
    const { prefix } = mount;
    if (!normal.startsWith(prefix)) continue;
    const rest = normal.slice(prefix.length);
    const takes = mount.needsMore ? rest.length > 1 && rest.startsWith('/') : rest === '' || rest.startsWith('/');
    if (takes) return { mount, scriptName: prefix, pathInfo: rest };
  }
  return undefined;
}
