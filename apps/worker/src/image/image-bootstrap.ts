import { sql } from 'kysely';
import type { Store } from '../store/index.js';
import type { ImageData } from '#libs/contracts';
import { createHash } from 'node:crypto';

/** The UUID namespace of image ids; it never changes, since servers refer to images by id. */
const IMAGE_NAMESPACE = 'a1b12e00-5d1c-5f3a-9c7e-0c1a6e0f1a6e';

/** A name has the same id in every installation: a UUID version 5 (RFC 9562) of the name. */
export function stableImageId(name: string): string {
  return uuidV5(IMAGE_NAMESPACE, name);
}

/** A name-based UUID in a namespace. */
export function uuidV5(namespace: string, name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** One image of `[image] images`; units as ImageData. */
type ImageEntry = Pick<
  ImageData,
  | 'id'
  | 'name'
  | 'visibility'
  | 'disk_format'
  | 'container_format'
  | 'size'
  | 'min_disk'
  | 'min_ram'
  | 'checksum'
  | 'properties'
>;

const FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'ploop', 'iso'];
const VISIBILITIES = ['public', 'community'] as const;

/**
 * Parses an entry of `[image] images`. Keys that are not fields of an image become its properties; without `id`, the id
 * is derived from the name. Throws TypeError that says which image and which key is wrong.
 */
export function parseImageEntry(settings: Readonly<Record<string, string>>): ImageEntry {
  const rest = new Map(Object.entries(settings));
  const take = (key: string): string | undefined => {
    const value = rest.get(key);
    rest.delete(key);
    return value;
  };
  const name = take('name') ?? '';
  if (name === '' || name.length > 255) throw wrongEntry(name, 'name', 'of 1 to 255 characters', name);
  const number = (key: string): number => {
    const value = take(key) ?? '0';
    if (!/^\d{1,15}$/.test(value)) throw wrongEntry(name, key, 'to be a whole number', value);
    return Number(value);
  };
  const diskFormat = take('disk_format') ?? 'qcow2';
  if (!FORMATS.includes(diskFormat))
    throw wrongEntry(name, 'disk_format', `to be one of ${FORMATS.join(', ')}`, diskFormat);
  const wanted = take('visibility') ?? 'public';
  const visibility = VISIBILITIES.find((known) => known === wanted);
  // The image is for all projects: a private one would be visible to the administrator's project only.
  if (visibility === undefined) throw wrongEntry(name, 'visibility', 'to be public or community', wanted);
  return {
    id: take('id') ?? stableImageId(name),
    name,
    visibility,
    disk_format: diskFormat,
    container_format: take('container_format') ?? 'bare',
    size: number('size'),
    min_disk: number('min_disk'),
    min_ram: number('min_ram'),
    checksum: take('checksum') ?? null,
    properties: Object.fromEntries(rest),
  };
}

function wrongEntry(image: string, key: string, expected: string, found: string): TypeError {
  return new TypeError(`[image] images: image "${image}": expected ${key} ${expected}, found "${found.slice(0, 64)}"`);
}

/**
 * Puts the configured images into the database, at the start of every worker. The entries are a seed: an entry has an
 * effect only if it differs from what the configuration said before, so changes and deletes by users are kept. An image
 * that is no longer configured is kept too. A new one belongs to the administrator's project, as if that user had
 * created it; it has no owner if another program provides identity. Throws TypeError for an invalid entry.
 */
export async function bootstrapImages(
  store: Store,
  images: readonly Readonly<Record<string, string>>[],
  adminProjectName: string,
): Promise<void> {
  const entries = images.map((settings) => ({ settings: JSON.stringify(settings), row: parseImageEntry(settings) }));
  if (entries.length === 0) return;
  // In a fixed order, so that workers that start together do not deadlock.
  const ordered = entries.toSorted((a, b) => (a.row.id < b.row.id ? -1 : 1));
  await store.transaction(
    async (tx) => {
      const owner = await tx
        .selectFrom('projects')
        .select('id')
        .where('domain_id', '=', 'default')
        .where('name', '=', adminProjectName)
        .executeTakeFirst();
      for (const { settings, row } of ordered) {
        const seeded = await tx
          .insertInto('image_seeds')
          .values({ id: row.id, entry: settings })
          .onConflict((conflict) =>
            conflict
              .column('id')
              .doUpdateSet({ entry: settings })
              .where(sql<boolean>`image_seeds.entry is distinct from excluded.entry`),
          )
          .returning('id')
          .execute();
        if (seeded.length === 0) continue;
        const { id: _id, ...changed } = { ...row, properties: JSON.stringify(row.properties) };
        await tx
          .insertInto('images')
          .values({
            ...changed,
            id: row.id,
            owner: owner?.id ?? null,
            virtual_size: null,
            os_hash_algo: null,
            os_hash_value: null,
          })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ ...changed, updated_at: sql<string>`business_now()` })
              .where(sql<boolean>`(images.name, images.visibility, images.disk_format, images.container_format,
                  images.size, images.min_disk, images.min_ram, images.checksum, images.properties)
                is distinct from (excluded.name, excluded.visibility, excluded.disk_format, excluded.container_format,
                  excluded.size, excluded.min_disk, excluded.min_ram, excluded.checksum, excluded.properties)`),
          )
          .execute();
      }
    },
    { name: 'image-bootstrap' },
  );
}
