import type { Origin } from '../pipeline.errors.js';
import { PipelineError } from '../pipeline.errors.js';

/** Reads a key of a urlmap, `/prefix` or (nova's) `/prefix/+`, into a prefix without a slash at the end. */
export function parseMapPath(
  key: string,
  wildcards: boolean,
  origin: Origin,
): { readonly prefix: string; readonly needsMore: boolean } {
  if (!key.startsWith('/') || /\s/.test(key)) {
    const text = `"${key}" is no path: expected /PREFIX (domains and ports are not supported)`;
    throw new PipelineError('InvalidSetting', origin, text);
  }
  const needsMore = wildcards && key.endsWith('/+');
  const prefix = (needsMore ? key.slice(0, -2) : key).replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return { prefix, needsMore };
}
