/** nova's form of a project id in a path (`[api] project_id_regex`); no name of a resource has it. */
const WITH_PROJECT = /^\/v2\.1\/([0-9a-f-]{1,64})(\/.*)$/;

/** The API's oldest name: the same without microversions. */
const LEGACY = /^\/v2(\/.*)?$/;

/** What of a path is no part of a route. */
export interface RoutedPath {
  readonly path: string;
  readonly projectInPath?: string;
  /** The path began with `/v2`. */
  readonly legacy?: true;
}

/**
 * `/v2.1/{project_id}/servers` is `/v2.1/servers`; the project id is compared with the token's after authentication.
 * `/v2/…` is the same with another name.
 */
export function routedPath(path: string): RoutedPath {
  const legacy = LEGACY.exec(path);
  if (legacy !== null) return { ...routedPath(`/v2.1${legacy[1] ?? ''}`), legacy: true };
  const [, projectInPath, rest] = WITH_PROJECT.exec(path) ?? [];
  return projectInPath === undefined || rest === undefined ? { path } : { path: `/v2.1${rest}`, projectInPath };
}
