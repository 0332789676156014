import type { Pipeline } from './pipeline.js';

/** One line per mount, longest prefix first: `/v2.1/+  cors authtoken osapi_compute_app_v21`. */
export function describePipeline(pipeline: Pipeline): string[] {
  const rows = pipeline.mounts.map(({ prefix, needsMore, filters, app }) => ({
    path: needsMore ? `${prefix}/+` : prefix === '' ? '/' : prefix,
    names: [...filters.map((filter) => filter.name), app?.name ?? '(404)'].join(' '),
  }));
  const width = Math.max(...rows.map(({ path }) => path.length));
  return rows.map(({ path, names }) => `${path.padEnd(width)}  ${names}`);
}
