import { createServer } from 'node:http';
import type { Server } from 'node:http';

export const STUB_IMAGE = '6f1d3b0e-54a1-4c8e-9c59-0a7a0d7f3f10';

const image = {
  id: STUB_IMAGE,
  name: 'cirros',
  status: 'active',
  visibility: 'public',
  owner: 'admin',
  protected: false,
  tags: [],
  size: 1024,
  min_disk: 0,
  min_ram: 0,
  disk_format: 'qcow2',
  container_format: 'bare',
  checksum: '0'.repeat(32),
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
};
const schema = { name: 'image', properties: Object.fromEntries(Object.keys(image).map((name) => [name, {}])) };

/** As much of an Image API as nova asks for when it makes a server. In the benchmark's own process: it counts for nobody. */
export function startImageStub(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const versions = [
      { id: 'v2.9', status: 'CURRENT', links: [{ rel: 'self', href: `http://127.0.0.1:${port}/v2/` }] },
    ];
    const known: Readonly<Record<string, unknown>> = {
      '/': { versions },
      '/versions': { versions },
      '/v2/schemas/image': schema,
      [`/v2/images/${STUB_IMAGE}`]: image,
    };
    const body = known[path];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
