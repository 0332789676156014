import { declarationsOf, networkResources } from '#libs/contracts';

/** `GET /`: the one version of the API. `base` is scheme, host and prefix as the client sees them. */
export function versionsView(base: string): object {
  return {
    versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }],
  };
}

/** Those at the root, by their names and paths. */
const RESOURCES: readonly (readonly [name: string, path: string])[] = [
  ...declarationsOf(networkResources)
    .filter(({ parent }) => parent === undefined)
    .map(({ singular, path }) => [singular, path] as const),
  ['extension', 'extensions'],
];

/** `GET /v2.0/`: what the API has. */
export function resourcesView(base: string): object {
  return {
    resources: RESOURCES.map(([name, collection]) => ({
      name,
      collection,
      links: [{ rel: 'self', href: `${base}/v2.0/${collection}` }],
    })),
  };
}
