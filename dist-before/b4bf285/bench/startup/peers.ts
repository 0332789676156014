import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender } from './contender.js';

/** A program of Debian's packages that is measured where it is installed. */
export interface Peer {
  readonly name: string;
  /** Why it cannot be measured here; undefined = it can. */
  readonly missing: string | undefined;
  /** Writes its configuration (SQLite, no broker) into `folder`. */
  make(workers: number, port: number, folder: string): Promise<Contender>;
}

const novaApi = '/usr/bin/nova-api';
const neutronServer = '/usr/bin/neutron-server';
/** The Python that Debian's packages are installed for. */
const python = '/usr/bin/python3';

const missing = (file: string): string | undefined => (existsSync(file) ? undefined : `there is no ${file}`);

/** Neutron's migrations alter constraints, which SQLite cannot: the tables are made from its models. */
const makeNeutronTables = `
import sys
from sqlalchemy import create_engine
from neutron.db.migration.models import head
head.get_metadata().create_all(create_engine(sys.argv[1]))
`;

/** It reads and writes its own row when it starts. */
const makeNovaTables = `
import sys
from sqlalchemy import create_engine
from nova.db.api import models as api
from nova.db.main import models as main
for models, database in ((api, sys.argv[1]), (main, sys.argv[2])):
    models.BASE.metadata.create_all(create_engine(database))
`;

function makeTables(script: string, ...databases: string[]): void {
  const [first = ''] = databases;
  if (existsSync(first.replace('sqlite:///', ''))) return;
  execFileSync(python, ['-c', script, ...databases], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function writeOptions(file: string, groups: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const lines = Object.entries(groups).flatMap(([group, options]) => [`[${group}]`, ...options]);
  await writeFile(file, `${lines.join('\n')}\n`);
}

const nova: Peer = {
  name: 'nova-api',
  missing: missing(novaApi),
  async make(workers, port, folder) {
    const databases = { api: `sqlite:///${folder}/api.sqlite`, main: `sqlite:///${folder}/nova.sqlite` };
    makeTables(makeNovaTables, databases.api, databases.main);
    const file = join(folder, `nova-${workers}.conf`);
    await writeOptions(file, {
      DEFAULT: [
        'enabled_apis = osapi_compute',
        'osapi_compute_listen = 127.0.0.1',
        `osapi_compute_listen_port = ${port}`,
        `osapi_compute_workers = ${workers}`,
        'transport_url = fake://',
        `state_path = ${folder}`,
      ],
      api_database: [`connection = ${databases.api}`],
      database: [`connection = ${databases.main}`],
      wsgi: ['api_paste_config = /etc/nova/api-paste.ini'],
    });
    return { name: nova.name, workers, command: [novaApi, '--config-file', file], env: {}, port, path: '/' };
  },
};

const neutron: Peer = {
  name: 'neutron-server',
  missing: missing(neutronServer),
  async make(workers, port, folder) {
    const database = `sqlite:///${folder}/neutron.sqlite`;
    makeTables(makeNeutronTables, database);
    const file = join(folder, `neutron-${workers}.conf`);
    await writeOptions(file, {
      DEFAULT: [
        'auth_strategy = noauth',
        'core_plugin = ml2',
        'bind_host = 127.0.0.1',
        `bind_port = ${port}`,
        `api_workers = ${workers}`,
        // The API alone, as ours beside it.
        'rpc_workers = 0',
        'rpc_state_report_workers = 0',
        'transport_url = fake://',
        'notify_nova_on_port_status_changes = false',
        'notify_nova_on_port_data_changes = false',
        `state_path = ${folder}`,
        'api_paste_config = /etc/neutron/api-paste.ini',
      ],
      database: [`connection = ${database}`],
      oslo_concurrency: [`lock_path = ${folder}`],
      ml2: ['type_drivers = local', 'tenant_network_types = local', 'mechanism_drivers ='],
    });
    return { name: neutron.name, workers, command: [neutronServer, '--config-file', file], env: {}, port, path: '/' };
  },
};

export const peers: readonly Peer[] = [nova, neutron];
