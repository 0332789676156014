/** nova's form of a project id in a path (`[api] project_id_regex`); no name of a resource has it. */
const WITH_PROJECT = /^\/v2\.1\/([0-9a-f-]{1,64})(\/.*)$/;

/** `/v2.1/{project_id}/servers` is `/v2.1/servers`; the project id is compared with the token's after authentication. */
export function withoutProject(path: string): { readonly path: string; readonly projectInPath?: string } {
  const match = WITH_PROJECT.exec(path);
  const [, projectInPath, rest] = match ?? [];
  return projectInPath === undefined || rest === undefined ? { path } : { path: `/v2.1${rest}`, projectInPath };
}
