import { GuestOptions, QemuOptions, ServiceOptions, ApiOptions, ComputeOptions, SpiceOptions } from '#libs/options';
import { getLogger } from '#libs/telemetry';
import { chooseLevel } from '../fabric/choose-level.js';
import { spaceFile } from '../fabric/kernel/network-space.js';
import { openFabric } from '../fabric/open-fabric.js';
import type { GuestNetwork, NetworkLevel } from './guest-network.js';
import type { GuestSources, GuestImages } from './guest-sources.js';
import { OpenHost, ephemeralInstancesPath } from './open-host.js';
import { QemuDriver } from './qemu-driver.js';
import { UserNetwork } from './user-network.js';
import type { Configuration } from '#libs/config';
import type { ImageStores } from '#libs/imagestore';
import { ServerObjects } from '../conductor/servers/server-object.js';
import type { InstanceNetworking } from '../instances/instance-networking.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Store } from '../store/index.js';
import { GuestError, unacceptable } from './guest.errors.js';

const log = getLogger('albireo.qemu');

/** Prepares the machine for guests. Throws Error with text for the operator. */
export async function openQemuDriver(surroundings: SourceSurroundings): Promise<QemuDriver> {
  const { config } = surroundings;
  const { host, ephemeral } = config.get(ServiceOptions);
  const guests = config.get(GuestOptions);
  const options = config.get(QemuOptions);
  const instancesPath = ephemeral ? ephemeralInstancesPath() : guests.instancesPath;
  const sources = databaseSources(surroundings);
  const opened = await OpenHost.open({
    host,
    instancesPath,
    isEphemeral: ephemeral,
    options,
    spice: config.get(SpiceOptions),
    consoleLogSize: () => options.consoleLogSize,
    sources,
    openNetwork: () => openNetwork(surroundings, instancesPath, sources),
  });
  return new QemuDriver(opened, () => ({
    shutdownTimeoutMs: guests.shutdownTimeout * 1_000,
    softRebootMs: options.waitSoftRebootSeconds * 1_000,
    forceConfigDrive: guests.forceConfigDrive,
    mkisofs: guests.mkisofsCmd,
  }));
}

/** Chooses the level of the guests' networks and opens it; logs which one, and why, in one line. */
async function openNetwork(
  surroundings: SourceSurroundings,
  instancesPath: string,
  sources: GuestSources,
): Promise<GuestNetwork> {
  const { network: wanted, userNetworkOutbound: outbound } = surroundings.config.get(QemuOptions);
  const { level, reason } = await chooseLevel(wanted, spaceFile(instancesPath));
  log.info(`Guests are joined to their networks by ${LEVELS[level]} (${level}): ${reason}`, { network: level, wanted });
  if (level === 'user') return new UserNetwork({ instancesPath, outbound, nics: (id) => sources.nics(id) });
  return openFabric(surroundings, level, instancesPath);
}

const LEVELS: Readonly<Record<NetworkLevel, string>> = {
  user: 'QEMU itself: each guest is alone, and is reached by albireo-manage ssh and forward',
  rootless: 'taps and bridges in a user namespace',
  host: 'taps and bridges in a network namespace of this machine',
};

/** The objects from which the sources are read. */
interface SourceSurroundings {
  readonly config: Configuration;
  readonly store: Store;
  readonly imageStores: ImageStores;
  readonly networking: InstanceNetworking;
}

/** The data of guests, from the worker's own database and image stores. */
function databaseSources({ config, store, imageStores, networking }: SourceSurroundings): GuestSources {
  const objects = new ServerObjects(networking, config.get(ComputeOptions).instanceNameTemplate);
  const load = (id: string): Promise<InstanceRow | undefined> =>
    store.db.selectFrom('instances').selectAll().where('id', '=', id).where('deleted', '=', false).executeTakeFirst();
  return {
    images: databaseImages(store, imageStores),
    async metadata(id) {
      const row = await load(id);
      if (row === undefined) return undefined;
      const [server] = await objects.of(store.db, [row], true);
      if (server === undefined) return undefined;
      const nics = await networking.nics(store.db, row);
      const data = { server, public_key: row.public_key, ports: [], nics };
      return { data, files: row.injected_files, domain: config.get(ApiOptions).dhcpDomain };
    },
    async nics(id) {
      const row = await load(id);
      return row === undefined ? [] : networking.nics(store.db, row);
    },
  };
}

function databaseImages(store: Store, stores: ImageStores): GuestImages {
  const find = async (id: string) => {
    const row = await store.db.selectFrom('images').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw unacceptable(id, 'it is gone');
    return row;
  };
  return {
    async describe(id) {
      const { disk_format: diskFormat, properties } = await find(id);
      return { diskFormat: diskFormat ?? 'raw', properties };
    },
    async open(id) {
      const { status, size, checksum } = await find(id);
      if (status !== 'active') throw new GuestError('ImageNotActive', `Image ${id} is not active.`);
      const objects = await store.db
        .selectFrom('image_objects')
        .select(['key', 'store', 'url'])
        .where('image_id', '=', id)
        .where('state', '=', 'stored')
        .orderBy('created_at')
        .execute();
      const [first] = stores.preferred(objects);
      if (first !== undefined) {
        const { object, store: place } = first;
        return { size, checksum, read: () => place.read(object.url ?? object.key) };
      }
      throw unacceptable(id, 'it has no data that this host can read: upload it, or use an image that has data');
    },
  };
}
