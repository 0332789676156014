import { sql } from 'kysely';
import type { Store } from '../store/index.js';
import { parseImageEntry } from './image-entry.js';

/**
 * Puts the configured images into the database, at every start of every worker; what has changed in the configuration
 * changes there. An image that is no longer configured stays, since servers may refer to it.
 * Throws TypeError for an entry that is none.
 */
export async function bootstrapImages(
  store: Store,
  images: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const entries = images.map(parseImageEntry);
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    ...entry,
    owner: null,
    virtual_size: null,
    properties: JSON.stringify(entry.properties),
  }));
  // In one order, so that workers that start together do not lock each other's rows.
  const ordered = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  await store.transaction(
    async (tx) => {
      for (const row of ordered) {
        const { id: _id, ...changed } = row;
        await tx
          .insertInto('images')
          .values(row)
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ ...changed, updated_at: sql<string>`now()` })
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
