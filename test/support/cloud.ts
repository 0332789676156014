import { until } from './api-client.js';
import type { ApiClient } from './api-client.js';

type Row = Record<string, unknown>;

function rowOf(json: Row, key: string): Row {
  const value = json[key];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`no ${key}: ${JSON.stringify(json)}`);
  return value as Row;
}

export function rowsOf(json: Row, key: string): Row[] {
  const value = json[key];
  if (!Array.isArray(value)) throw new Error(`no list ${key}: ${JSON.stringify(json)}`);
  return value as Row[];
}

/** The steps of a server's life by plain HTTP requests, as a TypeScript user would write them. */
export class Cloud {
  constructor(readonly api: ApiClient) {}

  async createNetwork(name: string, cidr: string): Promise<string> {
    const network = rowOf(
      await this.api.expect(201, 'network', 'POST', '/v2.0/networks', { body: { network: { name } } }),
      'network',
    );
    const ip_version = cidr.includes(':') ? 6 : 4;
    // Loopback addresses, by which a test asks for metadata as a server, are nothing that DHCP may give.
    const enable_dhcp = !cidr.startsWith('127.');
    const subnet = { network_id: network['id'], ip_version, cidr, name: `${name}-subnet`, enable_dhcp };
    await this.api.expect(201, 'network', 'POST', '/v2.0/subnets', { body: { subnet } });
    return String(network['id']);
  }

  async imageId(name = 'cirros'): Promise<string> {
    const images = rowsOf(await this.api.expect(200, 'image', 'GET', `/v2/images?name=${name}`), 'images');
    return String(images[0]?.['id']);
  }

  /** Sends the create and answers the id of the server, which is being built. */
  async createServer(name: string, networkId: string, imageId: string, more: Row = {}): Promise<string> {
    const body = {
      server: { name, imageRef: imageId, flavorRef: '1', networks: [{ uuid: networkId }], ...more },
    };
    const answer = await this.api.expect(202, 'osapi_compute', 'POST', '/v2.1/servers', { body });
    return String(rowOf(answer, 'server')['id']);
  }

  async server(id: string): Promise<Row | undefined> {
    const answer = await this.api.request('osapi_compute', 'GET', `/v2.1/servers/${id}`);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw new Error(`GET server: ${answer.status} ${answer.text}`);
    return rowOf(answer.json, 'server');
  }

  async untilStatus(id: string, status: string, timeoutMs?: number): Promise<Row> {
    let last = 'nothing';
    return until(
      async () => {
        const server = await this.server(id);
        last = JSON.stringify(server);
        if (server?.['status'] === 'ERROR' && status !== 'ERROR') throw new Error(`server is in ERROR: ${last}`);
        return server?.['status'] === status && server['OS-EXT-STS:task_state'] === null ? server : undefined;
      },
      `server ${id} ${status}; last ${last}`,
      timeoutMs,
    );
  }

  async untilGone(id: string, timeoutMs?: number): Promise<void> {
    await until(async () => ((await this.server(id)) === undefined ? true : undefined), `server ${id} gone`, timeoutMs);
  }

  async action(id: string, body: Row): Promise<void> {
    await this.api.expect(202, 'osapi_compute', 'POST', `/v2.1/servers/${id}/action`, { body });
  }

  async deleteServer(id: string): Promise<void> {
    await this.api.expect(204, 'osapi_compute', 'DELETE', `/v2.1/servers/${id}`);
  }

  async ports(query = ''): Promise<Row[]> {
    return rowsOf(await this.api.expect(200, 'network', 'GET', `/v2.0/ports${query}`), 'ports');
  }
}
