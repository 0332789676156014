import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { ApiClient } from '#testing/api-client';
import { rowsOf } from '#testing/cloud';
import { Program } from '#testing/program';
import { ADMIN_PASSWORD } from '#testing/stack';
import { missingS3Server, startS3Server } from '#testing/s3-server';
import type { S3Server } from '#testing/s3-server';
import { GuestsUnderTest } from '#testing/guests-under-test';
import { runProgram } from '../../apps/worker/src/fabric/kernel/run-program.js';
import { findProgram } from '../../apps/worker/src/qemu/program-fault.js';
import { IMAGE_SOURCE_PORT, OUTSIDE_BRIDGE, optionsFile } from './configurations.js';
import type { Configuration, Prepared } from './configurations.js';

/** The ports of OpenStack: nobody else listens in the run's own network namespace. */
const PORTS = { identity: 5000, osapi_compute: 8774, metadata: 8775, image: 9292, network: 9696 };
const CONSOLE_PORTS = {
  OS_VNC__NOVNCPROXY_PORT: '6080',
  OS_SPICE__HTML5PROXY_PORT: '6082',
  OS_SERIAL_CONSOLE__SERIALPROXY_PORT: '6083',
};
const IMAGE_BYTES = 1024 * 1024;
/** Of a machine that has other work. */
const START_TIMEOUT_MS = 300_000;

type Row = Record<string, unknown>;

/** An embedded cloud with what tempest expects to be there. */
export class PreparedCloud {
  private constructor(
    readonly prepared: Prepared,
    private readonly program: Program,
    private readonly imageSource: Server,
    private readonly s3: S3Server | undefined,
  ) {}

  static async start(
    folder: string,
    workspace: string,
    { cloud, s3: withS3, guests: withGuests }: Configuration,
  ): Promise<PreparedCloud> {
    const config = join(folder, `albireo-${randomUUID()}.conf`);
    const imageFile = join(folder, 'image');
    await writeFile(config, optionsFile(cloud));
    await writeFile(imageFile, Buffer.alloc(IMAGE_BYTES));
    if (withGuests === true) {
      refuseMissing(['ping', 'radvd']);
      await outsideBridge();
    }
    const missing = withS3 === true && missingS3Server();
    if (missing !== false) throw new Error(`the group ${missing}`);
    const s3 = withS3 === true ? await startS3Server() : undefined;
    const program = new Program('albireo-server', {
      args: ['--ephemeral', '--config-file', config, '--log-file', join(folder, 'albireo.log')],
      env: { OS_IDENTITY__ADMIN_PASSWORD: ADMIN_PASSWORD, ...CONSOLE_PORTS, ...s3?.options },
    });
    await program.waitForOutput(/is ready/, START_TIMEOUT_MS);
    const imageSource = createServer((_request, response) => response.end(Buffer.alloc(IMAGE_BYTES)));
    imageSource.listen(IMAGE_SOURCE_PORT, '127.0.0.1');
    await once(imageSource, 'listening');
    const api = new ApiClient(PORTS);
    await api.login();
    const publicNetwork = await seed(api, withGuests === true);
    if (withGuests === true) await uploadGuest(api);
    const [first, second] = rowsOf(await api.expect(200, 'image', 'GET', '/v2/images?sort=name:asc'), 'images');
    const images = [String(first?.['id']), String(second?.['id'])] as const;
    const announced = rowsOf(await api.expect(200, 'network', 'GET', '/v2.0/extensions'), 'extensions');
    const extensions = announced.map(({ alias }) => String(alias));
    const prepared = { workspace, password: ADMIN_PASSWORD, publicNetwork, images, extensions, imageFile };
    return new PreparedCloud(prepared, program, imageSource, s3);
  }

  async stop(): Promise<void> {
    this.imageSource.close();
    await this.program.stop();
    await this.s3?.stop();
  }
}

/** Without these, tests would fail after minutes, with an error that names none of them. */
function refuseMissing(programs: readonly string[]): void {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length > 0) throw new Error(`the group needs ${missing.join(' and ')} (Debian: iputils-ping, radvd)`);
}

/** What DevStack's br-ex is: the gateway of the external network, to which the floating IPs are neighbours. */
async function outsideBridge(): Promise<void> {
  const lines = [
    `link add ${OUTSIDE_BRIDGE} type bridge`,
    `address add 172.24.4.1/24 dev ${OUTSIDE_BRIDGE}`,
    `link set ${OUTSIDE_BRIDGE} up`,
  ];
  await runProgram(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

/** Two images of albireo-tiny, the first by name. */
async function uploadGuest(api: ApiClient): Promise<void> {
  const guests = await GuestsUnderTest.make();
  try {
    for (const name of ['albireo-tiny', 'albireo-tiny-2']) await guests.uploadImage(api, name);
  } finally {
    await guests.close();
  }
}

/** Two flavors, an external network, and pools for networks that are made by themselves; answers the network. */
async function seed(api: ApiClient, isOutside: boolean): Promise<string> {
  const create = async (service: 'network' | 'osapi_compute', path: string, kind: string, body: Row): Promise<Row> => {
    const status = service === 'network' ? 201 : 200;
    return (await api.expect(status, service, 'POST', path, { body: { [kind]: body } }))[kind] as Row;
  };
  await create('osapi_compute', '/v2.1/flavors', 'flavor', { id: '42', name: 'm1.nano', ram: 512, vcpus: 1, disk: 2 });
  await create('osapi_compute', '/v2.1/flavors', 'flavor', { id: '84', name: 'm1.micro', ram: 768, vcpus: 1, disk: 3 });
  const provider = { 'provider:network_type': 'flat', 'provider:physical_network': 'public' };
  const external = { name: 'public', 'router:external': true, is_default: true, ...(isOutside && provider) };
  const network = await create('network', '/v2.0/networks', 'network', external);
  const subnet = { name: 'public-subnet', ip_version: 4, cidr: '172.24.4.0/24', enable_dhcp: false };
  await create('network', '/v2.0/subnets', 'subnet', { network_id: network['id'], ...subnet });
  for (const [name, prefix, length] of [
    ['shared-default-subnetpool-v4', '10.128.0.0/12', 24],
    ['shared-default-subnetpool-v6', 'fd00:6a::/48', 64],
  ] as const) {
    const pool = { name, prefixes: [prefix], default_prefixlen: length, shared: true, is_default: true };
    await create('network', '/v2.0/subnetpools', 'subnetpool', pool);
  }
  return String(network['id']);
}
