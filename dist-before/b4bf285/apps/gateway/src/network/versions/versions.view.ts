/** `GET /`: the one version of the API. `base` is scheme, host and prefix as the client sees them. */
export function versionsView(base: string): object {
  return {
    versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }],
  };
}

const RESOURCES: readonly (readonly [name: string, collection: string])[] = [
  ['network', 'networks'],
  ['subnet', 'subnets'],
  ['port', 'ports'],
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
