import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the peers' parts meet. */
export interface PeerPlaces {
  readonly folder: string;
  readonly compute: number;
  readonly network: number;
  readonly placement: number;
  readonly image: number;
  readonly transportUrl: string;
  /** The URL of one of the private databases, in SQLAlchemy's form. */
  database(name: string): string;
}

type Sections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

function ini(sections: Sections): string {
  const blocks = Object.entries(sections).map(([section, options]) =>
    [`[${section}]`, ...Object.entries(options).map(([name, value]) => `${name} = ${value}`)].join('\n'),
  );
  return `${blocks.join('\n')}\n`;
}

/** noauth2 makes contexts without a token, and nova's client of the Image API will not ask without one. */
const TOKEN_FILTER = `import webob.dec


def factory(global_config, **local_config):
    def wrap(application):
        @webob.dec.wsgify
        def give_token(request):
            context = request.environ.get("nova.context")
            if context is not None:
                context.auth_token = context.auth_token or "nobody"
            return application
        return give_token
    return wrap
`;

async function novaPipelines(folder: string): Promise<string> {
  const file = join(folder, 'nova-api-paste.ini');
  const debian = await readFile('/etc/nova/api-paste.ini', 'utf8');
  const text = debian.replaceAll(/^noauth2 = .*$/gm, (line) => line.replace(' noauth2 ', ' noauth2 bench_token '));
  await writeFile(file, `${text}\n[filter:bench_token]\npaste.filter_factory = bench_token:factory\n`);
  await writeFile(join(folder, 'bench_token.py'), TOKEN_FILTER);
  return file;
}

/** Paths of the written files. */
export interface PeerFiles {
  readonly nova: string;
  readonly neutron: readonly [main: string, plugin: string];
  readonly placement: string;
}

/** Writes the peers' configuration: no Keystone (which only makes them cheaper), two workers, no limits. */
export async function writePeerFiles(places: PeerPlaces): Promise<PeerFiles> {
  const { folder, transportUrl } = places;
  const at = (name: string): string => join(folder, name);
  await Promise.all(['state', 'lock'].map((name) => mkdir(at(name))));
  const nova: Sections = {
    DEFAULT: {
      host: 'bench-peer',
      my_ip: '127.0.0.1',
      enabled_apis: 'osapi_compute',
      osapi_compute_listen: '127.0.0.1',
      osapi_compute_listen_port: places.compute,
      osapi_compute_workers: 2,
      compute_driver: 'fake.FakeDriver',
      state_path: at('state'),
      transport_url: transportUrl,
    },
    api: { auth_strategy: 'noauth2' },
    api_database: { connection: places.database('nova_api') },
    database: { connection: places.database('nova') },
    wsgi: { api_paste_config: await novaPipelines(folder) },
    glance: { endpoint_override: `http://127.0.0.1:${places.image}` },
    neutron: { endpoint_override: `http://127.0.0.1:${places.network}`, auth_type: 'none' },
    placement: { auth_type: 'admin_token', endpoint: `http://127.0.0.1:${places.placement}`, token: 'admin:admin' },
    oslo_concurrency: { lock_path: at('lock') },
    conductor: { workers: 2 },
    scheduler: { workers: 2 },
    quota: { instances: -1, cores: -1, ram: -1 },
  };
  const neutron: Sections = {
    DEFAULT: {
      auth_strategy: 'noauth',
      core_plugin: 'ml2',
      service_plugins: 'router',
      bind_host: '127.0.0.1',
      bind_port: places.network,
      api_workers: 2,
      rpc_workers: 1,
      rpc_state_report_workers: 0,
      state_path: at('state'),
      transport_url: transportUrl,
      notify_nova_on_port_status_changes: 'False',
      notify_nova_on_port_data_changes: 'False',
      api_paste_config: '/etc/neutron/api-paste.ini',
    },
    database: { connection: places.database('neutron') },
    oslo_concurrency: { lock_path: at('lock') },
    quotas: { quota_network: -1, quota_subnet: -1, quota_port: -1 },
  };
  const plugin: Sections = {
    ml2: { type_drivers: 'vxlan', tenant_network_types: 'vxlan', mechanism_drivers: 'openvswitch' },
    ml2_type_vxlan: { vni_ranges: '1:1000000' },
  };
  const placement: Sections = {
    api: { auth_strategy: 'noauth2' },
    placement_database: { connection: places.database('placement') },
  };
  const files: [string, Sections][] = [
    ['nova.conf', nova],
    ['neutron.conf', neutron],
    ['ml2.ini', plugin],
    ['placement.conf', placement],
  ];
  await Promise.all(files.map(([name, sections]) => writeFile(at(name), ini(sections))));
  return { nova: at('nova.conf'), neutron: [at('neutron.conf'), at('ml2.ini')], placement: at('placement.conf') };
}
