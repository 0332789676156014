import type { ApiClient } from '#testing/api-client';

type Row = Readonly<Record<string, unknown>>;

/** What an operation works on: ids by names. */
export type Scene = Readonly<Record<'external' | 'network' | 'subnet' | 'router' | 'port' | 'floating', string>>;

interface Request {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: object;
}

export interface NetworkOperation {
  /** Brings a new scene to where the operation begins. */
  readonly before: (api: ApiClient, scene: Scene) => Promise<unknown>;
  readonly request: (scene: Scene) => Request;
  /** What there is of the operation; all of `done` is done, all of `undone` is not, anything else is half of it. */
  readonly look: (api: ApiClient, scene: Scene) => Promise<Row>;
  readonly undone: (scene: Scene) => Row;
  readonly done: (scene: Scene) => Row;
}

/** How many ports one request makes. */
const BULK = 5;

export const get = async (api: ApiClient, path: string, key: string): Promise<Row> =>
  (await api.expect(200, 'network', 'GET', `/v2.0/${path}`))[key] as Row;

export const put = (api: ApiClient, path: string, body: object): Promise<unknown> =>
  api.expect(200, 'network', 'PUT', `/v2.0/${path}`, { body });

const join = (api: ApiClient, { router, subnet }: Scene): Promise<unknown> =>
  put(api, `routers/${router}/add_router_interface`, { subnet_id: subnet });
const gatewayBody = ({ external }: Scene): object => ({ router: { external_gateway_info: { network_id: external } } });
const open = (api: ApiClient, scene: Scene): Promise<unknown> =>
  put(api, `routers/${scene.router}`, gatewayBody(scene));
const leadBody = ({ port }: Scene): object => ({ floatingip: { port_id: port } });
const count = async (api: ApiClient, query: string): Promise<number> => {
  const { ports } = await api.expect(200, 'network', 'GET', `/v2.0/ports?${query}`);
  return Array.isArray(ports) ? ports.length : -1;
};

async function association(api: ApiClient, { floating }: Scene): Promise<Row> {
  const ip = await get(api, `floatingips/${floating}`, 'floatingip');
  return { port: ip['port_id'], router: ip['router_id'], status: ip['status'], fixed: ip['fixed_ip_address'] !== null };
}
const LED = ({ port, router }: Scene): Row => ({ port, router, status: 'ACTIVE', fixed: true });
const APART = (): Row => ({ port: null, router: null, status: 'DOWN', fixed: false });

/** The port of the interface, that the subnet knows of it, and that the router can be deleted or not, by one look each. */
async function joined(api: ApiClient, { router, subnet }: Scene): Promise<Row> {
  const own = `device_id=${router}&device_owner=network:router_interface`;
  return { ports: await count(api, own), addresses: await count(api, `${own}&fixed_ips=subnet_id=${subnet}`) };
}
const JOINED = (): Row => ({ ports: 1, addresses: 1 });
const PARTED = (): Row => ({ ports: 0, addresses: 0 });

async function gateway(api: ApiClient, { router, external }: Scene): Promise<Row> {
  const shown = (await get(api, `routers/${router}`, 'router'))['external_gateway_info'] as Row | null;
  const ports = await count(api, `device_id=${router}&device_owner=network:router_gateway&network_id=${external}`);
  return { network: shown?.['network_id'] ?? null, ports };
}
const OPEN = ({ external }: Scene): Row => ({ network: external, ports: 1 });
const SHUT = (): Row => ({ network: null, ports: 0 });

export const NETWORK_OPERATIONS: Readonly<Record<string, NetworkOperation>> = {
  'associate a floating IP': {
    before: async (api, scene) => (await open(api, scene), join(api, scene)),
    request: (scene) => ({ method: 'PUT', path: `floatingips/${scene.floating}`, body: leadBody(scene) }),
    look: association,
    undone: APART,
    done: LED,
  },
  'disassociate a floating IP': {
    before: async (api, scene) => {
      await open(api, scene);
      await join(api, scene);
      await put(api, `floatingips/${scene.floating}`, leadBody(scene));
    },
    request: ({ floating }) => ({
      method: 'PUT',
      path: `floatingips/${floating}`,
      body: { floatingip: { port_id: null } },
    }),
    look: association,
    undone: LED,
    done: APART,
  },
  'add a router interface': {
    before: () => Promise.resolve(),
    request: ({ router, subnet }) => ({
      method: 'PUT',
      path: `routers/${router}/add_router_interface`,
      body: { subnet_id: subnet },
    }),
    look: joined,
    undone: PARTED,
    done: JOINED,
  },
  'remove a router interface': {
    before: join,
    request: ({ router, subnet }) => ({
      method: 'PUT',
      path: `routers/${router}/remove_router_interface`,
      body: { subnet_id: subnet },
    }),
    look: joined,
    undone: JOINED,
    done: PARTED,
  },
  'set a gateway': {
    before: () => Promise.resolve(),
    request: (scene) => ({ method: 'PUT', path: `routers/${scene.router}`, body: gatewayBody(scene) }),
    look: gateway,
    undone: SHUT,
    done: OPEN,
  },
  'clear a gateway': {
    before: open,
    request: ({ router }) => ({
      method: 'PUT',
      path: `routers/${router}`,
      body: { router: { external_gateway_info: null } },
    }),
    look: gateway,
    undone: OPEN,
    done: SHUT,
  },
  'create ports in bulk': {
    before: () => Promise.resolve(),
    request: ({ network }) => ({
      method: 'POST',
      path: 'ports',
      body: { ports: Array.from({ length: BULK }, () => ({ network_id: network, name: 'bulk' })) },
    }),
    look: async (api, { network }) => ({ ports: await count(api, `network_id=${network}&name=bulk`) }),
    undone: () => ({ ports: 0 }),
    done: () => ({ ports: BULK }),
  },
};
