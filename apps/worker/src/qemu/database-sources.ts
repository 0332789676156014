import { ApiOptions, ComputeOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ImageStores } from '#libs/imagestore';
import { ServerObjects } from '../conductor/servers/server-object.js';
import type { InstanceNetworking } from '../instances/instance-networking.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Store } from '../store/index.js';
import { GuestError, unacceptable } from './guest.errors.js';
import type { GuestImages, GuestSources } from './guest-sources.js';

/** What the sources are read with. */
export interface SourceSurroundings {
  readonly config: Configuration;
  readonly store: Store;
  readonly imageStores: ImageStores;
  readonly networking: InstanceNetworking;
}

/** What guests are made of, from the worker's own database and image stores. */
export function databaseSources({ config, store, imageStores, networking }: SourceSurroundings): GuestSources {
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
