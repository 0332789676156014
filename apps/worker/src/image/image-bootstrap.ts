import { sql } from 'kysely';
import type { Store } from '../store/index.js';
import { parseImageEntry } from './image-entry.js';

/**
 * Puts the configured images into the database, at the start of every worker. They are a seed: an entry is looked at
 * again only when the configuration says something else of it than before, so that what people have changed or deleted
 * stays as they left it. An image that is no longer configured stays, too. A new one belongs to the administrator's
 * project, as if that user had made it; to nobody where identity is another program's.
 * Throws TypeError for an entry that is none.
 */
export async function bootstrapImages(
  store: Store,
  images: readonly Readonly<Record<string, string>>[],
  adminProjectName: string,
): Promise<void> {
  const entries = images.map((settings) => ({ settings: JSON.stringify(settings), row: parseImageEntry(settings) }));
  if (entries.length === 0) return;
  // In one order, so that workers that start together do not lock each other's rows.
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
