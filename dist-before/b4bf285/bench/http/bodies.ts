/** What the rows send, the same to everyone. */
export const networkBody = JSON.stringify({ network: { name: 'bench' } });

/** A server without a port: neutron binds none without a living agent. */
export function serverBody(imageRef: string, flavorRef: string): string {
  return JSON.stringify({ server: { name: 'bench', imageRef, flavorRef, networks: 'none' } });
}

/** The first microversion in which `networks` may be `none`. */
export const SERVER_CREATE_HEADERS = {
  'content-type': 'application/json',
  'openstack-api-version': 'compute 2.37',
};

export const NETWORKS = 10;
export const FEW_SERVERS = 5;
