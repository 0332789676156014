import { apiLoaders } from '../../apps/gateway/src/edge/apis.js';
import { createApiApplication } from '../../apps/gateway/src/edge/application.js';
import type { ApiName } from '../../apps/gateway/src/edge/api-names.js';
import { testEdge } from '../../apps/gateway/src/edge/testing/test-edge.js';

/** One method of one path of an API, as its application has declared it. */
export interface DeclaredRoute {
  readonly api: ApiName;
  readonly method: string;
  /** With its parameters: `/v2.1/servers/:id`. */
  readonly url: string;
  /** Nobody needs a token for it. */
  readonly isOpen: boolean;
}

const APIS: readonly ApiName[] = ['identity', 'osapi_compute', 'metadata', 'image', 'network'];

/** Every route of every API, from the route tables of the applications themselves: a new one is in it by being declared. */
export async function declaredRoutes(): Promise<DeclaredRoute[]> {
  const found: DeclaredRoute[] = [];
  for (const api of APIS) {
    const app = await createApiApplication(await apiLoaders[api](), testEdge());
    for (const { method, url, access } of app.routes) found.push({ api, method, url, isOpen: access?.kind === 'open' });
    await app.close();
  }
  return found;
}

/** A path of the route: every parameter is replaced by a value, `*` by nothing. */
export function pathOf(route: DeclaredRoute, parameter: (name: string) => string): string {
  return route.url.replace('*', '').replaceAll(/:([A-Za-z_]\w*)/g, (_text, name: string) => parameter(name));
}
